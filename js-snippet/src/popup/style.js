/**
 * The style sheet that all popups share, with that of the coupon and the chat; chunks bring their own.
 *
 * - The host is reset with !important: inside a shadow root that outranks whatever the page says of it.
 * - Sizes follow the browser's own text size (`medium`, em), not the page's, which may be 10 px.
 * - Only transform and opacity move, and only for shoppers who did not ask for less motion.
 * - A site's theme, or the shop on :root, sets --shopbell-accent and --shopbell-on-accent (text on it). No
 *   other text stands on or in the accent, so the contrast of that one pair is all it has to keep.
 * - Corners: --r is a button's, --R a card's.
 */
export const css = `
:host{all:initial!important;display:contents!important}
.panel{--accent:var(--shopbell-accent,#0d6b57);--on:var(--shopbell-on-accent,#fff);--face:var(--shopbell-ground,#fff);--ink:var(--shopbell-text,#1d1b20);--soft:var(--shopbell-soft,#615d69);--tint:var(--shopbell-tint,#f4f2f6);--line:var(--shopbell-line,#e4e1e8);--edge:var(--accent);--r:calc(var(--shopbell-radius,16)*1px);--R:calc(var(--r)*1.5);
position:fixed;z-index:2147483647;inset:auto;margin:0;padding:0;border:1px solid transparent;color:var(--ink);color-scheme:light dark;
font:medium/1.5 var(--shopbell-font,-apple-system,"Segoe UI",Roboto,Arial,sans-serif);
-webkit-text-size-adjust:100%;text-align:start;overflow-wrap:anywhere;line-break:strict;hyphens:auto;hyphenate-limit-chars:12 4 4}
.dark-never{color-scheme:light}
.panel:lang(ja) h2{word-break:auto-phrase}
.panel:lang(ko){word-break:keep-all}
.panel,.panel *{box-sizing:border-box;margin:0}
.panel *{white-space:pre-line}
.panel :focus-visible{outline:2px solid var(--ring,var(--ink));outline-offset:2px}
button,.go{font:inherit;color:inherit;background:none;border:1px solid transparent;padding:0;cursor:pointer}
svg{display:block;flex:none;inline-size:1.25em;block-size:1.25em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
h2{font-size:1.0625em;line-height:1.3;font-weight:650;text-wrap:balance;outline:0!important}
p{text-wrap:pretty}
.close{flex:none;display:grid;place-items:center;inline-size:44px;block-size:44px;border-radius:50%}
.close:hover{background:#8883}
.said{position:absolute;inset-block-start:0;inline-size:1px;block-size:1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%)}

.code{display:flex;flex-wrap:wrap;align-items:center;gap:8px}
.code strong{flex:1 1 auto;font-size:1.0625em;line-height:1.3;letter-spacing:.05em;user-select:all;hyphens:none}
.copy{flex:1 0 auto;display:grid;min-block-size:44px;padding-inline:14px;border-radius:calc(var(--r)*.75);border-color:var(--line);background:var(--face);font-size:.875em;font-weight:600}
.copy:hover{border-color:var(--soft)}
.copy span{grid-area:1/1;display:flex;align-items:center;justify-content:center;gap:6px}
.copy:not(.done) span+span,.done span:first-child{visibility:hidden}
.go{display:grid;place-items:center;min-block-size:52px;padding:10px 20px;border-radius:var(--r);background:var(--accent);color:var(--on);font-weight:650;text-decoration:none;text-align:center}

.chat{display:flex;flex-direction:column;inset-block-end:20px;inset-inline-end:20px;inline-size:384px;max-block-size:min(640px,100dvh - 40px);overflow:hidden;
border-radius:var(--R);background:var(--face);box-shadow:0 0 0 1px var(--line),0 16px 48px -12px #0006}
.side-left{inset:auto auto 20px 20px}
.side-right{inset:auto 20px 20px auto}
header{flex:none;display:flex;align-items:center;gap:12px;padding-block:14px 4px;padding-inline:18px 12px}
header h2{flex:1;min-inline-size:0}
small{display:block;font-size:.8125em;font-weight:400;color:var(--soft)}
.avatar{flex:none;display:grid;place-items:center;inline-size:40px;block-size:40px;border-radius:calc(var(--r)*.875);background:var(--accent);color:var(--on);font-size:1.125em;font-weight:700}
.log{flex:0 1 auto;min-block-size:0;display:flex;flex-direction:column;align-items:flex-start;gap:8px;padding:12px 18px 18px;overflow:auto;overscroll-behavior:contain;border-radius:0 0 22px 22px;outline-offset:-3px!important;mask:linear-gradient(#0000,#000 12px)}
.log>*{flex:none;max-inline-size:100%}
.bubble{max-inline-size:88%;padding:10px 14px;border:1px solid transparent;border-radius:calc(var(--r)*1.125);border-end-start-radius:6px;background:var(--tint);font-size:.9375em}
.own{align-self:flex-end;border-end-start-radius:calc(var(--r)*1.125);border-end-end-radius:6px;background:var(--accent);color:var(--on)}
.typing{display:flex;gap:4px;padding-block:17px}
i{inline-size:7px;block-size:7px;border-radius:50%;background:var(--soft)}
.replies{align-self:flex-end;display:flex;flex-wrap:wrap;place-content:flex-end;gap:8px;min-block-size:116px;padding-block-start:8px}
.replies button{min-block-size:44px;padding:8px 18px;border:1.5px solid var(--edge);border-radius:var(--R);font-size:.9375em;font-weight:500;text-align:start}
.replies button:hover{background:var(--accent);color:var(--on)}
.ticket{display:flex;inline-size:100%;border-radius:var(--r);background:var(--tint);overflow:hidden}
.ticket b{position:relative;flex:0 1 auto;max-inline-size:45%;display:grid;place-items:center;padding:14px 18px;border-inline-end:2px dashed var(--face);background:var(--accent);color:var(--on);font-size:1.375em;line-height:1.15;text-align:center}
.ticket b::before,.ticket b::after{content:"";position:absolute;inset-inline-end:-9px;inline-size:16px;block-size:16px;border-radius:50%;background:var(--face)}
.ticket b::before{inset-block-start:-8px}
.ticket b::after{inset-block-end:-8px}
.ticket div{flex:1;min-inline-size:0}
.ticket>div{display:grid;gap:8px;padding:12px 16px}

.modal{inset:0;margin:auto;border:0;inline-size:min(420px,100vw - 32px);max-inline-size:none;block-size:fit-content;max-block-size:calc(100dvh - 32px);flex-direction:column;overflow:visible;overscroll-behavior:contain;background:none;text-align:center;filter:drop-shadow(0 16px 32px #0000004d)}
.modal[open]{display:flex}
.modal::backdrop{background:#16141a99}
.modal .close{position:sticky;z-index:1;inset-block-start:8px;align-self:flex-end;margin:8px 8px -52px;color:var(--on);--ring:currentColor}
.top,.stub{mask:radial-gradient(circle 11px at 0 var(--at),#0000 97%,#000) 0/51% no-repeat,radial-gradient(circle 11px at 100% var(--at),#0000 97%,#000) 100%/51% no-repeat}
.top{--at:100%;flex:0 1 auto;min-block-size:0;overflow:auto;overscroll-behavior:contain;padding:44px 32px 28px;border-radius:var(--R) var(--R) 0 0;background:radial-gradient(130% 130% at 15% 0,#ffffff26,#0000 55%) var(--accent);color:var(--on)}
.top b{display:block;margin-block-end:6px;font-size:2.55em;line-height:1.1;font-weight:800;letter-spacing:-.03em}
.modal h2{font-size:1.375em}
.top p{margin-block-start:10px}
.stub{--at:0;flex:none;position:relative;display:grid;gap:12px;padding:24px;border-radius:0 0 var(--R) var(--R);background:var(--face)}
.stub::before{content:"";position:absolute;inset:-1px 20px auto;border-block-start:2px dashed var(--line)}
.stub .code{padding:6px;padding-inline-start:20px;border:1.5px dashed var(--edge);border-radius:var(--r);text-align:start}
.stub .copy{flex-grow:0;margin-inline-start:auto}
.stub strong{font-size:1.25em}

@media(max-width:480px){
.chat{inset:auto 0 0;inline-size:auto;max-block-size:50dvh;border-radius:var(--R) var(--R) 0 0;padding-block-end:env(safe-area-inset-bottom)}
.modal{inset-block-end:max(16px,env(safe-area-inset-bottom));margin-block-end:0;max-block-size:50dvh}
}
@media(max-width:480px),(max-height:480px){
.top{padding:24px 24px 18px}
.modal h2{font-size:1.125em}
.top b{font-size:2em}
.replies{min-block-size:0}
.stub{padding:16px}
}
@media(max-height:480px){
.chat,.modal{max-block-size:calc(100dvh - 24px)}
.modal{overflow:auto}
.top{flex:none}
header{flex-shrink:1;min-block-size:64px;overflow:auto}
}
@media(prefers-color-scheme:dark){
.panel:not(.dark-never){--face:#211f26;--ink:#f3f1f6;--soft:#b5b0be;--tint:#322f39;--line:#48444f;--edge:color-mix(in oklab,var(--accent) 55%,#fff)}
}
@media(forced-colors:active){.chat,.top,.stub,.bubble,.ticket,.avatar{border:1px solid}.top,.stub{mask:none}}
@media(prefers-reduced-motion:no-preference){
.log{scroll-behavior:smooth}
.panel{animation:rise .24s cubic-bezier(.2,.9,.3,1)}
.modal::backdrop{animation:fade .24s}
.bubble,.ticket,.replies{animation:rise .24s .06s cubic-bezier(.2,.9,.3,1) backwards}
.ticket{animation-delay:.12s}
.replies{animation-delay:.18s}
i{animation:dot 1.1s infinite alternate}
i+i{animation-delay:.18s}
i+i+i{animation-delay:.36s}
button,.go{transition:transform .12s}
button:active,.go:active{transform:scale(.97)}
}
@keyframes rise{from{opacity:0;transform:translateY(14px)}}
@keyframes fade{from{opacity:0}}
@keyframes dot{50%{opacity:.35}}
`;
