/** A modal dialog that is a plain card, and views of it that take turns without moving anything. */
export const css = `
.modal .close{color:var(--ink)}
.sheet{flex:0 1 auto;min-block-size:0;overflow:auto;overscroll-behavior:contain;padding:36px 32px 32px;border:1px solid transparent;border-radius:var(--R);background:var(--face)}
.sheet h2{line-height:1.25;letter-spacing:-.01em}
.lead{margin-block-start:8px;color:var(--soft)}
.off{display:none!important}
.thanks{display:grid;gap:14px;justify-items:center;text-align:center;outline:0!important}
.thanks p{text-wrap:balance}
.badge{display:grid;place-items:center;inline-size:56px;block-size:56px;border-radius:50%;background:var(--accent);color:var(--on);font-size:1.25em}
@media(max-width:480px),(max-height:480px){.sheet{padding:22px 20px 20px}.modal .close{margin:4px 4px -48px}.lead{margin-block-start:4px;font-size:.9375em;line-height:1.4}.thanks p{text-wrap:balance}
.badge{inline-size:48px;block-size:48px}}
@media(prefers-reduced-motion:no-preference){.turned,.turned::backdrop{animation:none!important}.turned .views>*{animation:rise .2s ease-out}}
`;
