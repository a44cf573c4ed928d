/** Cards of products in a row that scrolls sideways where it must. */
export const css = `
.products{inline-size:fit-content;max-inline-size:min(var(--wide),100vw - 32px)}
.sheet{padding:0;display:flex;flex-direction:column;text-align:start}
.head{display:flex;align-items:flex-start;gap:12px;padding:28px 76px 0 32px;padding-inline:32px 76px}
.head>div{flex:1;min-inline-size:0}
.turn{flex:none;display:grid;place-items:center;inline-size:44px;block-size:44px;border:1.5px solid var(--line);border-radius:50%}
.turn:hover{border-color:var(--soft)}
.turn:dir(rtl) svg{transform:scaleX(-1)}
ul{list-style:none;display:flex;gap:16px;margin:0;padding:20px 32px 32px;overflow:auto;overscroll-behavior-inline:contain;scroll-snap-type:inline mandatory;scroll-padding-inline:32px;scrollbar-width:none}
li{flex:0 0 172px;scroll-snap-align:start}
.card{display:flex;flex-direction:column;block-size:100%;border-radius:var(--r);color:inherit;text-decoration:none}
.shot{position:relative;display:grid;place-items:center;aspect-ratio:1;border-radius:var(--r);background:var(--tint);color:var(--soft);font-size:1.5em;overflow:hidden}
.shot svg{stroke-width:1.5}
.shot img{position:absolute;inset:0;inline-size:100%;block-size:100%;object-fit:cover}
.name{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden;margin-block:12px 4px;font-size:.9375em;line-height:1.35;white-space:normal!important}
.card:hover .name{text-decoration:underline;text-underline-offset:3px}
.price{margin-block-start:auto;font-weight:650}
@media(hover:none){.turn{display:none}}
@media(max-width:480px),(max-height:480px){
.head{padding:20px 20px 0;padding-inline:20px 56px}
ul{gap:12px;padding:14px 20px 20px;scroll-padding-inline:20px}
li{flex-basis:128px}
.name{margin-block:8px 2px;font-size:.875em}
.price{font-size:.9375em}
}
@media(max-width:480px){.turn{display:none}}
@media(prefers-reduced-motion:no-preference){ul{scroll-behavior:smooth}.shot img{transition:transform .25s ease-out}.card:hover img{transform:scale(1.03)}}
`;
