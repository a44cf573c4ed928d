/** A picture and nothing else. */
export const css = `
.image{--most:calc(100dvh - 64px);inline-size:min(640px,var(--wide),100vw - 32px,var(--most)*var(--ratio))}
.modal .close{margin:0;position:absolute;inset-block-start:10px;inset-inline-end:10px;background:#000000a6;color:#fff;--ring:#fff}
.modal .close:hover{background:#000000d9}
.picture{display:flex;min-block-size:0;border-radius:var(--R);overflow:hidden;background:var(--tint)}
.picture:focus-visible{outline:3px solid #fff;outline-offset:3px}
img{display:block;inline-size:100%;block-size:auto;aspect-ratio:var(--ratio)}
@media(max-width:480px){.image{--most:calc(50dvh - 16px)}}
@media(prefers-reduced-motion:no-preference){.picture img{transition:transform .25s ease-out}a.picture:hover img{transform:scale(1.015)}}
`;
