function n(e,t={},...o){let i=document.createElement(e);for(let[a,r]of Object.entries(t))typeof r=="function"?i.addEventListener(a,r):i.setAttribute(a,r);for(let a of o)a&&i.append(a);return i}function m(e){let t="http://www.w3.org/2000/svg",o=document.createElementNS(t,"svg"),i=document.createElementNS(t,"path");return o.setAttribute("viewBox","0 0 24 24"),o.setAttribute("aria-hidden","true"),i.setAttribute("d",e),o.append(i),o}function k(e,t){return n("button",{class:"close",type:"button","aria-label":e,click:t},m("M7 7l10 10M17 7 7 17"))}var C=2500;function v(e,{labels:t,report:o,say:i}){let a=n("button",{class:"copy",type:"button",click:s},n("span",{},m("M9 9h11v11H9zM5 15H4V4h11v1"),t.copy),n("span",{},m("M5 12.5l5 5 9-11"),t.copied)),r=n("div",{class:"code"},n("strong",{translate:"no",dir:"ltr"},e.code),a);async function s(){try{await navigator.clipboard.writeText(e.code)}catch{let l=n("input",{class:"said",readonly:""});l.value=e.code,r.append(l),l.select();let d=document.execCommand("copy");if(l.remove(),a.focus({preventScroll:!0}),!d)return}o("popup_copy",{}),i(t.copied),a.classList.add("done"),setTimeout(()=>a.classList.remove("done"),C)}return r}var L=900;function z(e,t){let{coupon:o,labels:i,replies:a=[],text:r=""}=e,s=document.querySelector('meta[property="og:site_name"]')?.getAttribute("content")?.trim()||"",l=e.title||s||i.chat,d=n("div",{class:"replies"},...a.map(p=>n("button",{type:"button",click:()=>b(p)},p.text))),c=n("div",{class:"log",role:"log",tabindex:"0","aria-label":l},r&&x(r),o&&n("div",{class:"ticket"},o.value&&n("b",{},o.value),v(o,t)),a.length>0&&d);function x(p,h=""){return n("p",{class:`bubble ${h}`},p)}function b(p){c.style.blockSize=`${c.offsetHeight}px`,d.replaceWith(x(p.text,"own")),c.focus({preventScroll:!0}),t.report("chat_message",{text:p.text});let h=p.follow_up||e.follow_up;if(h){let y=n("p",{class:"bubble typing","aria-hidden":"true"},n("i"),n("i"),n("i"));c.append(y),setTimeout(()=>{y.replaceWith(x(h)),u()},L)}u()}function u(){c.scrollTop=c.scrollHeight}let f=n("section",{class:"panel chat",popover:"manual","aria-label":l,focusin:w,keydown:p=>{p.key==="Escape"&&t.dismiss()}},n("header",{},n("span",{class:"avatar","aria-hidden":"true"},s?s.match(/./u)?.[0]:m("M18 15v-4a6 6 0 0 0-12 0v4l-2 3h16zM10 21h4")),n("h2",{},l,s&&s!==l&&n("small",{},s)),k(i.close,t.dismiss)),c),g=null;function w(p){f.contains(p.relatedTarget)||(g=p.relatedTarget)}return{panel:f,words:[e.title,r,o?.value,o?.code].filter(Boolean).join(". "),raise:()=>f.showPopover?.(),lower:()=>{f.matches(":focus-within")&&g?.focus({preventScroll:!0})}}}function S(e,t){if(!e)return"";try{let{href:o,protocol:i}=new URL(e,t);return/^(https?|mailto|tel):$/.test(i)?o:""}catch{return""}}function E(e,t){let{button:o,coupon:i,labels:a,title:r,text:s}=e,l=S(o?.url,document.baseURI),d=n("dialog",{class:"panel coupon","aria-labelledby":"title",...s&&{"aria-describedby":"text"},close:t.dismiss,pointerdown:u=>{c=u.target},click:u=>{u.target===d&&c===d&&t.dismiss()}},k(a.close,t.dismiss),n("div",{class:"top"},n("h2",{id:"title",tabindex:"-1",autofocus:""},i?.value&&n("b",{},i.value),r),s&&n("p",{id:"text"},s)),n("div",{class:"stub"},i&&v(i,t),o&&x(o.text))),c=null;function x(u){return l?n("a",{class:"go",href:l,rel:"noopener",click:b},u):n("button",{class:"go",type:"button",click:b},u)}function b(){t.report("popup_click",{}),t.leave()}return{panel:d,words:"",raise:()=>d.showModal(),lower:()=>d.close()}}function T(e){let t=!0;function o(){t&&(document.hidden?document.addEventListener("visibilitychange",o,{once:!0}):requestAnimationFrame(()=>setTimeout(i)))}function i(){document.hidden?o():t&&(t=!1,e())}return o(),()=>{t=!1}}function A(e){return!!e&&(e.isContentEditable===!0||/^(textarea|iframe)$/.test(e.localName)||e.localName==="input"&&/^(text|search|email|url|tel|password)$/.test(e.type))}function B(){let e=document.activeElement;for(;e?.shadowRoot?.activeElement;)e=e.shadowRoot.activeElement;return e}function N(){return document.hidden||A(B())||document.querySelector("shopbell-root,:modal")||[...document.querySelectorAll("[aria-modal=true]")].some(e=>e.checkVisibility?.({opacityProperty:!0,visibilityProperty:!0}))}function M(e){let t=0,o=new AbortController,i=()=>{t||=window.setTimeout(s,500)},a=new MutationObserver(i),r=()=>{o.abort(),a.disconnect(),clearTimeout(t)};function s(){t=0,!N()&&(r(),e())}for(let l of["visibilitychange","focusout","transitionend","fullscreenchange"])document.addEventListener(l,i,{capture:!0,signal:o.signal});return a.observe(document,{subtree:!0,childList:!0,attributes:!0}),s(),r}var _=`
:host{all:initial!important;display:contents!important}
.panel{--accent:var(--shopbell-accent,#0d6b57);--on:var(--shopbell-on-accent,#fff);--face:#fff;--ink:#1d1b20;--soft:#615d69;--tint:#f4f2f6;--line:#e4e1e8;--edge:var(--accent);
position:fixed;z-index:2147483647;inset:auto;margin:0;padding:0;border:1px solid transparent;color:var(--ink);color-scheme:light dark;
font:medium/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,"PingFang TC","Microsoft JhengHei","Noto Sans CJK TC",sans-serif;
-webkit-text-size-adjust:100%;text-align:start;overflow-wrap:anywhere;line-break:strict;hyphens:auto}
.panel:lang(ja){font-family:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Hiragino Sans","Yu Gothic UI","Noto Sans CJK JP",sans-serif}
.panel:lang(ja) h2{word-break:auto-phrase}
.panel:lang(ko){word-break:keep-all}
.panel *{box-sizing:border-box;margin:0;white-space:pre-line}
.panel :focus-visible{outline:2px solid var(--ring,var(--ink));outline-offset:2px}
button,.go{font:inherit;color:inherit;background:none;border:1px solid transparent;padding:0;cursor:pointer;touch-action:manipulation}
svg{display:block;flex:none;inline-size:1.25em;block-size:1.25em;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
h2{font-size:1.0625em;line-height:1.3;font-weight:650;text-wrap:balance;outline:0!important}
p{text-wrap:pretty}
.close{flex:none;display:grid;place-items:center;inline-size:44px;block-size:44px;border-radius:50%}
.close:hover{background:var(--tint)}
.said{position:absolute;inset-block-start:0;inline-size:1px;block-size:1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%)}

.code{display:flex;flex-wrap:wrap;align-items:center;gap:8px}
.code strong{flex:1 1 auto;font-size:1.0625em;line-height:1.3;letter-spacing:.05em;user-select:all;hyphens:none}
.copy{flex:1 0 auto;display:grid;min-block-size:44px;padding-inline:14px;border-radius:12px;border-color:var(--line);background:var(--face);font-size:.875em;font-weight:600}
.copy:hover{border-color:var(--soft)}
.copy span{grid-area:1/1;display:flex;align-items:center;justify-content:center;gap:6px}
.copy:not(.done) span+span,.done span:first-child{visibility:hidden}

.chat{display:flex;flex-direction:column;inset-block-end:20px;inset-inline-end:20px;inline-size:384px;block-size:auto;max-inline-size:none;max-block-size:min(640px,100dvh - 40px);overflow:hidden;
border-radius:24px;background:var(--face);box-shadow:0 0 0 1px #1d1b200d,0 16px 48px -12px #1d1b2047,0 4px 16px -4px #1d1b201f}
header{flex:none;display:flex;align-items:center;gap:12px;padding-block:14px 4px;padding-inline:18px 12px}
header h2{flex:1;min-inline-size:0}
small{display:block;margin-block-start:1px;font-size:.77em;font-weight:400;color:var(--soft)}
.avatar{flex:none;display:grid;place-items:center;inline-size:40px;block-size:40px;border-radius:14px;background:var(--accent);color:var(--on);font-size:1.125em;font-weight:700}
.log{flex:0 1 auto;min-block-size:0;display:flex;flex-direction:column;align-items:flex-start;gap:8px;padding:12px 18px 18px;overflow:auto;overscroll-behavior:contain;outline-offset:-4px!important;mask:linear-gradient(#0000,#000 12px)}
.log>*{flex:none;max-inline-size:100%}
.bubble{max-inline-size:88%;padding:10px 14px;border:1px solid transparent;border-radius:18px;border-end-start-radius:6px;background:var(--tint);font-size:.9375em}
.own{align-self:flex-end;border-radius:18px;border-end-end-radius:6px;background:var(--accent);color:var(--on)}
.typing{display:flex;gap:4px;padding-block:17px}
i{inline-size:7px;block-size:7px;border-radius:50%;background:var(--soft)}
.replies{margin-block-start:auto;align-self:flex-end;display:flex;flex-wrap:wrap;justify-content:flex-end;gap:8px;padding-block-start:8px}
.replies button{min-block-size:44px;padding:8px 18px;border:1.5px solid var(--edge);border-radius:22px;font-size:.9375em;font-weight:500;text-align:start}
.replies button:hover{background:var(--accent);color:var(--on)}
.ticket{display:flex;inline-size:88%;min-inline-size:min(100%,272px);border-radius:18px;background:var(--tint);overflow:hidden}
.ticket b{position:relative;flex:0 1 auto;max-inline-size:45%;display:grid;place-items:center;padding:14px 18px;border-inline-end:2px dashed var(--face);background:var(--accent);color:var(--on);font-size:1.375em;line-height:1.15;text-align:center}
.ticket b::before,.ticket b::after{content:"";position:absolute;inset-inline-end:-9px;inline-size:16px;block-size:16px;border-radius:50%;background:var(--face)}
.ticket b::before{inset-block-start:-8px}
.ticket b::after{inset-block-end:-8px}
.ticket .code{flex:1;min-inline-size:0;padding:12px 16px}

.coupon{inset:0;margin:auto;inline-size:min(420px,100vw - 32px);max-inline-size:none;block-size:fit-content;max-block-size:calc(100dvh - 32px);flex-direction:column;overflow:visible;overscroll-behavior:contain;background:none;text-align:center;filter:drop-shadow(0 16px 32px #0000004d)}
.coupon[open]{display:flex}
.coupon::backdrop{background:#16141a99}
.coupon .close{position:sticky;z-index:1;inset-block-start:8px;align-self:flex-end;margin:8px 8px -52px;color:var(--on);--ring:currentColor}
.coupon .close:hover{background:#ffffff29}
.top,.stub{mask:radial-gradient(circle 11px at 0 var(--at),#0000 97%,#000) 0/51% no-repeat,radial-gradient(circle 11px at 100% var(--at),#0000 97%,#000) 100%/51% no-repeat}
.top{--at:100%;flex:0 1 auto;min-block-size:0;overflow:auto;overscroll-behavior:contain;padding:44px 32px 28px;border-radius:24px 24px 0 0;background:radial-gradient(130% 130% at 15% 0,#ffffff26,#fff0 55%) var(--accent);color:var(--on)}
.top b{display:block;margin-block-end:6px;font-size:2.55em;line-height:1.1;font-weight:800;letter-spacing:-.03em}
.top h2{font-size:1.375em}
.top p{margin-block-start:10px}
.stub{--at:0;flex:none;position:relative;display:grid;gap:12px;padding:24px 24px 24px;border-radius:0 0 24px 24px;background:var(--face)}
.stub::before{content:"";position:absolute;inset:-1px 20px auto;border-block-start:2px dashed var(--line)}
.stub .code{padding:6px;padding-inline-start:20px;border:1.5px dashed var(--edge);border-radius:16px;text-align:start}
.stub .copy{flex-grow:0;margin-inline-start:auto}
.stub strong{font-size:1.25em}
.go{display:grid;place-items:center;min-block-size:52px;padding:10px 20px;border-radius:16px;background:var(--accent);color:var(--on);font-weight:650;text-decoration:none;text-align:center}

@media(max-width:480px){
.chat{inset-inline:0;inset-block-end:0;inline-size:auto;max-block-size:50dvh;border-radius:24px 24px 0 0;padding-block-end:env(safe-area-inset-bottom)}
.coupon{inset-block:auto max(12px,env(safe-area-inset-bottom));inline-size:calc(100vw - 24px);max-block-size:50dvh}
}
@media(max-width:480px),(max-height:480px){
.top{padding:24px 24px 18px}
.top h2{font-size:1.125em}
.top b{font-size:2em}
.ticket{inline-size:100%}
.stub{padding:16px}
}
@media(max-height:480px){
.chat,.coupon{max-block-size:calc(100dvh - 24px)}
.coupon{overflow:auto}
.top{flex:none}
header{flex-shrink:1;min-block-size:64px;overflow:auto}
}
@media(prefers-color-scheme:dark){
.panel{--face:#211f26;--ink:#f3f1f6;--soft:#b5b0be;--tint:#322f39;--line:#48444f;--edge:color-mix(in oklab,var(--accent) 55%,#fff)}
.chat{box-shadow:0 0 0 1px #ffffff1a,0 16px 48px -12px #000}
}
@media(forced-colors:active){.chat,.top,.stub,.bubble,.ticket,.avatar{border:1px solid}.top,.stub{mask:none}}
@media(prefers-reduced-motion:no-preference){
.log{scroll-behavior:smooth}
.chat,.coupon[open]{animation:rise .36s cubic-bezier(.2,.9,.3,1)}
.coupon::backdrop{animation:fade .24s}
.bubble,.ticket,.replies{animation:rise .32s .06s cubic-bezier(.2,.9,.3,1) backwards}
.ticket{animation-delay:.14s}
.replies{animation-delay:.22s}
i{animation:dot 1.1s infinite alternate}
i+i{animation-delay:.18s}
i+i+i{animation-delay:.36s}
button,.go{transition:transform .12s}
button:active,.go:active{transform:scale(.97)}
}
@keyframes rise{from{opacity:0;transform:translateY(14px)}}
@keyframes fade{from{opacity:0}}
@keyframes dot{50%{opacity:.35}}
`;var P={__proto__:null,chat:z,coupon:E};function ne(e,t,o=document.documentElement){let i=P[e.kind];if(!i)return null;let a=()=>{},r=M(()=>{a=R(i,e,t,o)});return{close(){r(),a()}}}function R(e,t,o,i){let a=n("p",{class:"said",role:"status"}),r=w=>{a.textContent=w},s=()=>{g(),u(),f.remove()},l=()=>{f.isConnected&&(s(),o("popup_close",{}))},d={labels:t.labels,report:o,dismiss:l,leave:s,say:r},{panel:c,words:x,raise:b,lower:u}=e(t,d);c.append(a);let f=j(c,t);i.append(f),b();let g=T(()=>{o("popup_view",{}),r(x)});return s}function j(e,{lang:t,dir:o}){let i=new CSSStyleSheet;i.replaceSync(_);let a=document.createElement("shopbell-root");t&&(a.lang=t),o&&(a.dir=o);let r=a.attachShadow({mode:"open"});return r.adoptedStyleSheets=[i],r.append(e),a}export{ne as open};
