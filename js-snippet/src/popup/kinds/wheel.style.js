/** A wheel of prizes: turned by transform alone. */
export const css = `
.wheel{inline-size:min(760px,100vw - 32px)}
.sheet{display:grid;grid-template-columns:minmax(0,340px) minmax(0,1fr);align-items:center;gap:40px;padding:40px;overflow:hidden auto}
.disc{position:relative;aspect-ratio:1;border-radius:50%;margin:10px;box-shadow:0 0 0 8px var(--face),0 0 0 10px var(--line),0 12px 32px 4px #0003}
.dial{position:absolute;inset:0;border-radius:50%;transform:rotate(var(--turn,0deg))}
.slice{position:absolute;inset:50% auto auto 50%;inline-size:44%;block-size:0;display:flex;align-items:center;justify-content:flex-end;transform-origin:0 0;direction:ltr}
.slice span{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;max-inline-size:72%;font-size:.875em;line-height:1.15;font-weight:650;text-align:end;white-space:normal!important;overflow-wrap:break-word;hyphens:none}
.hub{position:absolute;inset:0;margin:auto;display:grid;place-items:center;inline-size:19%;block-size:19%;border-radius:50%;background:var(--face);color:var(--edge);font-size:1.125em;box-shadow:0 2px 10px #0004}
.hand{position:absolute;inset:-20px 0 auto;margin:auto;inline-size:30px;block-size:36px;background:var(--ink);clip-path:polygon(12% 0,88% 0,50% 100%);filter:drop-shadow(0 0 1px #fff)}
.play,.won{align-self:center;display:grid;gap:18px;outline:0!important;text-align:start}
.play .lead{margin-block-start:-8px}
.won{gap:14px}
.wheel h2{font-size:1.625em}
.go:disabled{cursor:default;opacity:.75}
.won .code{padding:6px;padding-inline-start:18px;border:1.5px dashed var(--edge);border-radius:var(--r);text-align:start}
.won .code strong{font-size:1.125em}
@media(max-width:680px){
.wheel{inline-size:min(420px,100vw - 32px)}
.sheet{grid-template-columns:minmax(0,1fr);gap:0;padding:0;text-align:center}
.half{position:relative;block-size:min(148px,20dvh);overflow:hidden;mask:linear-gradient(#000 82%,#0000)}
.disc{inline-size:min(300px,88%);margin:26px auto 0}
.hand{inset-block-start:-20px;inline-size:24px;block-size:30px}
.views{padding:10px 20px 20px}
.play,.won{gap:10px;text-align:center}
.play .lead{margin-block-start:-4px}
.wheel h2{font-size:1.25em}
.ends{justify-content:center}
}
@media(forced-colors:active){.disc,.hub{border:1px solid}}
@media(prefers-reduced-motion:no-preference){.dial{transition:transform 4.2s cubic-bezier(.13,.75,.12,1)}}
`;
