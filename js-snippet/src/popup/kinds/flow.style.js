/** A chat that goes on: cards to choose from, and a field to answer in. */
export const css = `
.flow{min-block-size:min(440px,100dvh - 40px)}
.flow .log{flex:1 1 auto;block-size:var(--log,auto)}
.flow .choices{min-block-size:0;margin-block-start:auto}
.replies a{display:grid;align-items:center;min-block-size:44px;padding:8px 18px;border:1.5px solid var(--edge);border-radius:var(--R);font-size:.9375em;font-weight:500;color:inherit;text-decoration:none}
.replies a:hover{background:var(--accent);color:var(--on)}
.log>.deck{max-inline-size:none;align-self:stretch;display:flex;gap:10px;margin-inline:-18px;padding:4px 18px 8px;overflow:auto;scroll-snap-type:inline mandatory;scroll-padding-inline:18px;scrollbar-width:none}
.card{flex:0 0 176px;display:flex;flex-direction:column;scroll-snap-align:start;border:1.5px solid var(--line);border-radius:var(--r);color:inherit;text-align:start;text-decoration:none;overflow:hidden}
.card:hover{border-color:var(--edge)}
.card img{display:block;inline-size:100%;block-size:auto;aspect-ratio:4/3;object-fit:cover;background:var(--tint)}
.card>span{padding:10px 14px 0;font-size:.9375em;line-height:1.35;font-weight:600}
.card>span+span{padding-block-start:2px;font-size:.8125em;font-weight:400;color:var(--soft)}
.card>:last-child{padding-block-end:14px}
form{align-self:stretch;display:grid;grid-template-columns:minmax(0,1fr) auto;gap:8px;padding-block-start:8px}
form .wrong{inset-block:auto calc(100% - 2px)}
form .go{inline-size:48px;min-block-size:48px;padding:0;border-radius:50%}
form .go:dir(rtl) svg{transform:scaleX(-1)}
.presence{display:flex;align-items:center;gap:8px;font-size:.8125em;color:var(--soft)}
.presence::before{content:"";inline-size:9px;block-size:9px;border-radius:50%;background:#2e9e5b}
@media(max-width:480px){.flow{min-block-size:min(400px,50dvh)}}
@media(prefers-reduced-motion:no-preference){.deck,form{animation:rise .24s .1s ease-out backwards}}
`;
