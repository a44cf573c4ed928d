/** A picture and nothing else. */
export const css = `
.image{inline-size:min(560px,100vw - 32px)}
.modal .close{margin:0;position:absolute;inset-block-start:10px;inset-inline-end:10px;background:#000000a6;color:#fff;--ring:#fff}
.modal .close:hover{background:#000000d9}
.picture{display:flex;min-block-size:0;border-radius:var(--R);overflow:hidden;background:var(--tint)}
.picture:focus-visible{outline:3px solid #fff;outline-offset:3px}
img{display:block;inline-size:100%;block-size:auto;min-block-size:0;object-fit:cover}
@media(max-width:480px){.image{inline-size:fit-content;max-inline-size:calc(100vw - 32px)}img{inline-size:auto;max-inline-size:100%;max-block-size:calc(50dvh - 16px);object-fit:contain}}
@media(min-width:481px){.image{inline-size:fit-content;max-inline-size:min(640px,100vw - 32px)}img{inline-size:auto;max-inline-size:100%;max-block-size:calc(100dvh - 64px)}}
@media(prefers-reduced-motion:no-preference){.picture img{transition:transform .25s ease-out}a.picture:hover img{transform:scale(1.015)}}
`;
