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
position:fixed;z-index:2147483647;inset:auto;padding:0;border:1px solid transparent;color:var(--ink);color-scheme:light dark;
font:medium/1.5 var(--shopbell-font,system-ui,sans-serif);
white-space:pre-line;overflow-wrap:anywhere;hyphens:auto}
.dark-never{color-scheme:light}
.panel:lang(ko){word-break:keep-all}
.panel,.panel *{box-sizing:border-box;margin:0}
button,.go{font:inherit;color:inherit;background:none;border:1px solid transparent;padding:0;}
svg{display:block;flex:none;width:1.25em;height:1.25em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}
h2{font-size:1.0625em;line-height:1.3;font-weight:600;text-wrap:balance;word-break:auto-phrase;outline:0}
.close{flex:none;display:grid;place-items:center;width:44px;height:44px;border-radius:50%}

.code{display:flex;flex-wrap:wrap;align-items:center;gap:8px}
.code strong{flex:auto;font-size:1.0625em;line-height:1.3;letter-spacing:.05em;hyphens:none}
.copy{flex:1 0 auto;display:grid;min-height:44px;padding-inline:14px;border-radius:var(--r);border-color:var(--line);background:var(--face);font-size:.875em;font-weight:600}
.copy span{grid-area:1/1;display:flex;align-items:center;justify-content:center;gap:6px}
.copy:not(.done) span+span,.done span:first-child{visibility:hidden}
.go{display:grid;place-items:center;min-height:52px;padding:10px 20px;border-radius:var(--r);background:var(--accent);color:var(--on);font-weight:600;text-decoration:none;text-align:center}

.chat{display:flex;flex-direction:column;bottom:20px;inset-inline-end:20px;width:384px;max-height:min(640px,100dvh - 40px);overflow:hidden;
border-radius:var(--R);background:var(--face);box-shadow:0 0 0 1px var(--line),0 16px 48px -12px #0006}
.side-left{inset:auto auto 20px 20px}
.side-right{inset:auto 20px 20px auto}
header{flex:none;display:flex;align-items:center;gap:12px;padding:14px 16px 4px}
header h2{flex:1;min-width:0}
small{display:block;font-size:.875em;font-weight:400;color:var(--soft)}
.avatar{flex:none;display:grid;place-items:center;width:40px;height:40px;border-radius:var(--r);background:var(--accent);color:var(--on);font-size:1.125em;font-weight:700}
.log{min-height:0;display:flex;flex-direction:column;align-items:flex-start;gap:8px;padding:12px 18px 18px;overflow:auto;border-radius:0 0 22px 22px;}
.log>*{flex:none;max-width:100%}
.bubble{max-width:88%;padding:10px 14px;border-radius:var(--r);border-end-start-radius:6px;background:var(--tint);font-size:.9375em}
.replies{align-self:flex-end;display:flex;flex-wrap:wrap;place-content:flex-end;gap:8px;min-height:116px;padding-top:8px}
.replies button{min-height:44px;padding:8px 18px;border:1.5px solid var(--edge);border-radius:var(--R);font-size:.9375em;font-weight:500;text-align:start}
.ticket{display:flex;width:100%;border-radius:var(--r);background:var(--tint);overflow:hidden}
.ticket b{max-width:45%;display:grid;place-items:center;padding:14px 18px;border-inline-end:2px dashed var(--face);background:var(--accent);color:var(--on);font-size:1.375em;line-height:1.1;text-align:center}
.ticket div{flex:1;min-width:0}
.ticket>div{display:grid;gap:8px;padding:12px 16px}

.modal{inset:0;margin:auto;border:0;width:420px;flex-direction:column;overflow:visible;background:none;text-align:center;filter:drop-shadow(0 16px 48px #0006)}
.modal[open]{display:flex}
.modal::backdrop{background:#16141a99}
.modal .close{position:sticky;z-index:1;top:8px;align-self:flex-end;margin:8px 8px -52px;color:var(--on)}
.top,.stub{mask:radial-gradient(circle 11px at 0 var(--at),#0000 97%,#000) 0/51% no-repeat,radial-gradient(circle 11px at 100% var(--at),#0000 97%,#000) 100%/51% no-repeat}
.top{--at:100%;min-height:0;overflow:auto;padding:44px 32px 28px;border-radius:var(--R) var(--R) 0 0;background:linear-gradient(160deg,#fff2,#0000 60%) var(--accent);color:var(--on)}
.top b{display:block;margin-bottom:6px;font-size:2.5em;line-height:1.1;font-weight:700;letter-spacing:-.03em}
.modal h2{font-size:1.375em}
.top p{margin-top:10px}
.stub{--at:0;flex:none;position:relative;display:grid;gap:12px;padding:24px;border-radius:0 0 var(--R) var(--R);background:var(--face)}
.stub::before{content:"";position:absolute;inset:-1px 20px auto;border-top:2px dashed var(--line)}
.stub .code{padding:6px;padding-inline-start:20px;border:1.5px dashed var(--edge);border-radius:var(--r);text-align:start}
.stub .copy{flex-grow:0;margin-inline-start:auto}
.stub strong{font-size:1.25em}

@media(max-width:480px){
.chat{inset:auto 0 0;width:auto;max-height:50dvh;border-radius:var(--R) var(--R) 0 0;padding-bottom:env(safe-area-inset-bottom)}
.modal{bottom:max(16px,env(safe-area-inset-bottom));margin-bottom:0;max-height:50dvh}
}
@media(max-width:480px),(max-height:480px){
.top{padding:24px 24px 18px}
.modal h2{font-size:1.125em}
.top b{font-size:2em}
.replies{min-height:0}
.stub{padding:16px}
}
@media(max-height:480px){
.chat,.modal{max-height:calc(100dvh - 24px)}
.modal{overflow:auto}
.top{flex:none}
header{flex:auto;min-height:64px;overflow:auto}
}
@media(prefers-color-scheme:dark){
.panel:not(.dark-never){--face:#211f26;--ink:#f3f1f6;--soft:#b5b0be;--tint:#322f39;--line:#48444f;--edge:color-mix(in oklab,var(--accent) 55%,#fff)}
}
@media(forced-colors:active){.top,.stub,.bubble,.ticket,.avatar{border:1px solid}.top,.stub{mask:none}}
@media(prefers-reduced-motion:no-preference){
.panel,.modal::backdrop{animation:rise .24s ease-out}
.log>*{animation:rise .24s .1s backwards}
}
@keyframes rise{from{opacity:0;transform:translateY(14px)}}
`;
