/** A form for an address. */
export const css = `
.subscribe{inline-size:min(440px,100vw - 32px)}
.sheet{padding-block-start:44px}
.sheet form{display:grid;gap:8px;margin-block-start:20px;text-align:start}
.consent{position:relative;min-block-size:44px;display:grid;grid-template-columns:auto minmax(0,1fr);align-items:start;gap:0 4px;font-size:.8125em;line-height:1.45;color:var(--soft);cursor:pointer}
.consent>span{padding-block:12px}
.tick{inline-size:22px;block-size:22px;margin:11px;margin-inline-start:0;accent-color:var(--accent);cursor:pointer}
.consent+.wrong{inset-block-start:calc(100% - 8px)}
.or{display:flex;align-items:center;gap:12px;margin-block:18px 14px;font-size:.8125em;color:var(--soft)}
.or::before,.or::after{content:"";flex:1;block-size:1px;background:var(--line)}
.channels{display:flex;flex-wrap:wrap;gap:8px;margin-block-start:16px}
.or+.channels{margin-block-start:0}
.channel{flex:1 1 auto;display:flex;align-items:center;justify-content:center;gap:8px;min-block-size:48px;padding:8px 16px;border:1.5px solid var(--line);border-radius:var(--r);color:inherit;font-size:.9375em;font-weight:600;text-decoration:none}
.channel:hover{border-color:var(--soft)}
.thanks{font-weight:500}
.offer{inline-size:100%;display:grid;gap:10px}
.offer .code{padding:6px;padding-inline-start:18px;border:1.5px dashed var(--edge);border-radius:var(--r);text-align:start}
@media(max-width:480px),(max-height:480px){.subscribe .sheet{padding-block-start:22px}.sheet form{gap:4px;margin-block-start:12px}.consent{line-height:1.35}.consent>span{padding-block:6px}.tick{margin-block:6px}.or{margin-block:8px 6px}.channel{flex:1 1 0;padding-inline:10px;font-size:.875em;line-height:1.25;text-align:center}.channel svg{display:none}}
`;
