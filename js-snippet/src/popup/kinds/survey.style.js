/** One question in the corner of the page. */
export const css = `
.survey{inset-block-end:20px;inset-inline-end:20px;inline-size:min(600px,100vw - 40px);max-inline-size:none;padding:24px;border-radius:var(--R);background:var(--face);box-shadow:0 0 0 1px var(--line),0 16px 48px -12px #0006}
.survey .close{position:absolute;inset-block-start:8px;inset-inline-end:8px}
.survey.stars,.survey.choice{inline-size:min(400px,100vw - 40px)}
.views h2{padding-inline-end:36px;font-size:1.125em}
.ask,.more{display:flex;flex-direction:column;gap:18px;outline:0!important}
.scale{display:grid;gap:6px}
.nps .scale{grid-template-columns:repeat(11,minmax(0,1fr))}
.nps .scale button{min-block-size:48px;border-radius:calc(var(--r)*.625);background:var(--tint);font-weight:600;font-variant-numeric:tabular-nums}
.scale button:hover,.scale button:focus-visible{background:var(--accent);color:var(--on)}
.stars .scale{display:flex;justify-content:space-between;gap:4px}
.stars .scale button{flex:1;display:grid;place-items:center;min-block-size:56px;border-radius:var(--r);font-size:1.625em;color:var(--soft)}
.stars .scale button:hover,.stars .scale button:focus-visible{background:var(--tint);color:var(--soft)}
.stars .scale svg{stroke-width:1.5}
.stars .scale button:hover svg,.stars .scale button:focus-visible svg,.stars .scale button:has(~:hover) svg,.stars .scale button:has(~:focus-visible) svg{fill:#f5b301;stroke:#8a6100}
.choice .scale button{min-block-size:48px;padding:10px 18px;border:1.5px solid var(--line);border-radius:var(--r);text-align:start;font-size:.9375em;font-weight:500}
.ends2{display:flex;justify-content:space-between;gap:24px;margin-block-start:-8px;font-size:.8125em;line-height:1.35;color:var(--soft)}
.write{display:flex;align-items:flex-end;gap:8px}
textarea.field{resize:none;block-size:74px}
.write .go{flex:none;min-block-size:48px}
.survey .thanks{padding:8px 36px;font-weight:500}
.offer{inline-size:min(340px,100%);display:grid;gap:10px}
.offer .code{padding:6px;padding-inline-start:18px;border:1.5px dashed var(--edge);border-radius:var(--r);text-align:start}
.side-left{inset:auto auto 20px 20px}
.side-right{inset:auto 20px 20px auto}
@media(max-width:680px){
.survey,.survey.stars,.survey.choice{inset:auto 0 0;inline-size:auto;max-block-size:50dvh;overflow:auto;overscroll-behavior:contain;padding:20px;padding-block-end:max(20px,env(safe-area-inset-bottom));border-radius:var(--R) var(--R) 0 0}
.nps .scale{grid-template-columns:repeat(6,minmax(0,1fr))}
.ask,.more{gap:14px}
}
@media(forced-colors:active){.survey,.scale button{border:1px solid}}
`;
