/** The clock of a countdown, and the line that says how long a coupon is good. */
export const css = `
.clock{display:grid;place-items:center;margin-block-start:20px}
.clock>*{grid-area:1/1}
.units{display:flex;justify-content:center;gap:8px;direction:ltr}
.units>span{display:grid;gap:6px;inline-size:76px}
.units b{display:block;margin:0;padding-block:12px;border-radius:calc(var(--r)*.75);background:var(--on);color:var(--accent);font-size:2em;line-height:1;font-weight:750;font-variant-numeric:tabular-nums;letter-spacing:0}
.units small{margin:0;color:inherit;font-size:.8125em;line-height:1.2}
.over{font-size:1.125em;font-weight:600}
.gone{visibility:hidden}
.ends{display:flex;align-items:center;justify-content:center;gap:6px;min-block-size:24px;font-size:.875em;line-height:1.35;color:var(--soft);font-variant-numeric:tabular-nums}
.ends svg{inline-size:1.15em;block-size:1.15em}
.ticket .ends{justify-content:flex-start}
.ended .code strong{color:var(--soft);text-decoration:line-through}
.ended .copy{visibility:hidden}
.countdown .stub{padding-block-start:26px}
@media(max-width:480px),(max-height:480px){
.clock{margin-block-start:14px}
.units>span{inline-size:66px;gap:4px}
.units b{padding-block:9px;font-size:1.625em}
}
@media(max-width:480px) and (max-height:720px){
.countdown .top{padding-block:14px}
.countdown .top p{margin-block-start:4px;font-size:.9375em;line-height:1.35}
.countdown .clock{margin-block-start:10px}
.units b{padding-block:6px;font-size:1.5em}
.countdown .stub{padding-block:16px}
}
@media(forced-colors:active){.units b{border:1px solid}}
`;
