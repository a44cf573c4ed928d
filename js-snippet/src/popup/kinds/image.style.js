/** A picture and nothing else. */
export const css = `
.said{position:absolute;top:0;width:1px;height:1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%)}
.image{--most:calc(100dvh - 64px);inline-size:min(640px,var(--wide),100vw - 32px,var(--most)*var(--ratio))}
.modal .close{margin:0;position:absolute;inset-block-start:10px;inset-inline-end:10px;background:#000000a6;color:#fff;--ring:#fff}
.modal .close:hover{background:#000000d9}
.picture{display:flex;min-block-size:0;border-radius:var(--R);overflow:hidden;background:var(--tint)}
a.picture{color:inherit;text-decoration:none}
.picture:focus-visible{outline:3px solid #fff;outline-offset:3px}
.titled{flex-direction:column;background:var(--face);text-align:start}
.titled h2{padding:20px 64px 18px 24px;padding-inline:24px 64px}
.modal:has(.titled) .close{background:none;color:var(--ink);--ring:var(--ink)}
.modal:has(.titled) .close:hover{background:#8883}
@media(max-width:480px){.titled h2{padding:16px;padding-inline:20px 60px}.image:has(.titled){--most:calc(50dvh - 80px)}}
img{display:block;inline-size:100%;block-size:auto;aspect-ratio:var(--ratio)}
@media(max-width:480px){.image{--most:calc(50dvh - 16px)}}
@media(prefers-reduced-motion:no-preference){.picture img{transition:transform .25s ease-out}a.picture:hover img{transform:scale(1.015)}}
`;
