/** What is not seen in the moment that a popup comes: how things look that are pointed at, pressed or focused. */
export const css = `
.said{position:absolute;top:0;width:1px;height:1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%)}
.close{--ring:currentColor}
.close:hover{background:#8883}
.copy:hover{border-color:var(--soft)}
.replies button:hover{background:var(--accent);color:var(--on)}
button,.go{cursor:pointer}
strong{user-select:all}
.log,.modal,.top{overscroll-behavior:contain}
.log{outline-offset:-3px;mask:linear-gradient(#0000,#000 12px)}
.panel :focus-visible:not(h2){outline:2px solid var(--ring,var(--ink));outline-offset:2px}
@media(prefers-reduced-motion:no-preference){
.log{scroll-behavior:smooth}
button,.go{transition:transform .12s}
button:active,.go:active{transform:scale(.97)}
}
`;
