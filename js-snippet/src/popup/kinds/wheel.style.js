/** A wheel of prizes: turned by transform alone. */
export const css = `
.wheel{--ground-0:var(--accent);--ground-1:color-mix(in srgb,var(--accent) 13%,var(--face));--ground-2:var(--face);--words-0:var(--on);--words-1:var(--ink);--words-2:var(--ink);inline-size:min(760px,100vw - 32px)}
.sheet{display:grid;grid-template-columns:minmax(0,340px) minmax(0,1fr);align-items:center;gap:40px;padding:40px;overflow:hidden auto}
.disc{position:relative;aspect-ratio:1;border-radius:50%;margin:10px;box-shadow:0 0 0 7px var(--face),0 0 0 9px var(--accent),0 14px 36px 4px #0003}
.dial{position:absolute;inset:0;border-radius:50%;transform:rotate(var(--turn,0deg))}
.slice{position:absolute;inset:0}
.slice span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;margin:11% auto 0;inline-size:var(--room);font-size:.875em;line-height:1.2;font-weight:650;text-align:center;white-space:normal!important;overflow-wrap:break-word;hyphens:none}
.many span{position:absolute;inset:5% auto auto 50%;margin:0;inline-size:33%;-webkit-line-clamp:1;transform-origin:0 0;translate:.6em;rotate:90deg;text-align:left}
.hub{position:absolute;inset:0;margin:auto;display:grid;place-items:center;inline-size:19%;block-size:19%;border-radius:50%;background:var(--face);color:var(--edge);font-size:1.125em;box-shadow:0 2px 10px #0004}
.hand{position:absolute;inset:-21px 0 auto;margin:auto;inline-size:28px;block-size:28px;border:3px solid var(--face);border-radius:50% 50% 0;background:radial-gradient(var(--face) 3.5px,var(--ink) 4px);transform:rotate(45deg);box-shadow:2px 2px 6px #0005}
.play,.won{display:grid;gap:18px;outline:0!important;text-align:start}
.play .lead{margin-block-start:-8px}
.won{gap:14px}
.views{align-self:center}
.wheel h2{font-size:1.625em}
.go:disabled{cursor:default;opacity:.75}
.won .code{padding:6px;padding-inline-start:18px;border:1.5px dashed var(--edge);border-radius:var(--r);text-align:start}
.won .code strong{font-size:1.125em}
@media(max-width:680px){
.wheel{inline-size:min(420px,100vw - 32px)}
.sheet{grid-template-columns:minmax(0,1fr);gap:0;padding:0;text-align:center}
.half{position:relative;block-size:min(148px,20dvh);overflow:hidden;mask:linear-gradient(#000 82%,#0000)}
.disc{inline-size:min(300px,88%);margin:26px auto 0}
.views{padding:10px 20px 20px}
.play,.won{gap:10px;text-align:center}
.play .lead{margin-block-start:-4px}
.wheel h2{font-size:1.25em}
.ends{justify-content:center}
}
@media(min-width:681px) and (max-height:480px){.sheet{padding:28px 32px;grid-template-columns:auto minmax(0,1fr)}.disc{inline-size:calc(100dvh - 110px)}}
@media(forced-colors:active){.disc,.hub{border:1px solid}}
@media(prefers-reduced-motion:no-preference){.dial{transition:transform 4.2s cubic-bezier(.13,.75,.12,1)}}
`;
