/** A line at the edge of the page: it floats over it, and moves nothing. */
export const css = `
.bar{inset-inline:0;margin-inline:auto;inline-size:fit-content;min-inline-size:min(640px,100vw - 32px);max-inline-size:min(1080px,100vw - 32px);display:grid;grid-template-columns:minmax(0,1fr) auto auto;align-items:center;column-gap:16px;padding-block:8px;padding-inline:24px 8px;border-radius:var(--R);background:var(--accent);color:var(--on);box-shadow:0 12px 32px -8px #0006;--ring:currentColor}
.bar.at-top{inset-block-start:16px}
.bar.at-bottom{inset-block-end:max(16px,env(safe-area-inset-bottom))}
.words{padding-block:8px;font-size:.9375em;line-height:1.4;font-weight:500}
.words b{font-weight:750;font-variant-numeric:tabular-nums}
.track{margin-block-start:8px;block-size:6px;border-radius:3px;background:color-mix(in srgb,currentColor 28%,transparent);overflow:hidden}
.fill{block-size:100%;border-radius:3px;background:currentColor;transform-origin:0 0;transform:scaleX(var(--part,0))}
.fill:dir(rtl){transform-origin:100% 0}
.tick{display:none}
.full .tick{display:inline-block;vertical-align:-.25em;margin-inline-end:8px}
.acts{display:flex;align-items:center;gap:8px}
.bar .go{min-block-size:44px;padding:6px 18px;background:var(--on);color:var(--accent);font-size:.9375em}
.bar .code{flex-wrap:nowrap;gap:4px;padding-inline-start:14px;border:1.5px dashed;border-radius:var(--r)}
.bar .code strong{font-size:.9375em;white-space:nowrap}
.bar .copy{border-color:transparent;background:none;padding-inline:10px}
.bar .ends{color:inherit;white-space:nowrap}
@media(max-width:720px){
.bar{min-inline-size:0;inline-size:calc(100vw - 16px);max-inline-size:none;max-block-size:30dvh;overflow:auto;grid-template-columns:minmax(0,1fr) auto;gap:8px;padding-inline-start:18px}
.bar.at-top{inset-block-start:8px}
.bar.at-bottom{inset-block-end:max(8px,env(safe-area-inset-bottom))}
.acts{grid-row:2;grid-column:1/-1;flex-wrap:wrap;padding-inline-end:10px;padding-block-end:4px}
.acts>*{flex:1 0 auto}
.acts .ends{flex-basis:100%;justify-content:flex-start}
}
@media(forced-colors:active){.bar{border:1px solid}.fill{background:CanvasText}}
@media(prefers-reduced-motion:no-preference){.fill{transition:transform .25s ease-out}}
`;
