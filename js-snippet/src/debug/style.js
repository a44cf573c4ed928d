/** It grows upwards by a transform: moved by its inset, its head would be a layout shift of the shop's page. */
export const css = `
:host{all:initial;position:fixed;z-index:2147483646;inset:100% auto auto 16px;transform:translateY(calc(-100% - 16px));font:13px/1.45 system-ui,sans-serif;color:#e9e7ee;color-scheme:dark}
*{box-sizing:border-box;margin:0}
.panel{inline-size:340px;max-block-size:min(620px,100dvh - 32px);display:flex;flex-direction:column;border-radius:14px;background:#1c1a21;box-shadow:0 0 0 1px #ffffff14,0 12px 40px #0000005c;overflow:hidden}
header{display:flex;align-items:center;gap:10px;padding:6px 6px 6px 16px;background:#26232d}
h2{flex:1;font-size:13px;font-weight:650}
i{inline-size:9px;block-size:9px;border-radius:50%;background:#f2b84b}
.on i{background:#52d08a}
button{all:unset;box-sizing:border-box;min-inline-size:44px;min-block-size:44px;display:grid;place-items:center;border-radius:10px;cursor:pointer}
button:hover{background:#ffffff14}
button:focus-visible{outline:2px solid #b9a7ff;outline-offset:-2px}
.body{overflow:auto;padding:12px 16px 16px;display:grid;gap:14px}
.closed .body{display:none}
dl{display:grid;grid-template-columns:76px 1fr;gap:7px 12px}
dt,small{color:#a29eac}
dd{overflow-wrap:anywhere}
.warn{color:#ffc766}
h3{font-size:11px;font-weight:600;letter-spacing:.06em;text-transform:uppercase;color:#a29eac;margin-block-end:6px}
ul,ol{list-style:none;padding:0;display:grid;gap:5px}
.hints li{padding:8px 10px;border-radius:8px;background:#3a2f17;color:#ffdf9e}
code{font:12px ui-monospace,monospace}
.told li{display:grid;grid-template-columns:14px 1fr;gap:8px}
.told b{font-weight:600}
.told small{display:block;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.ok{color:#52d08a}
.bad{color:#ff8f8f}
@media(max-width:480px){:host{inset:8px 8px auto;transform:none}.panel{inline-size:auto;max-block-size:55dvh}}
@media(forced-colors:active){.panel{border:1px solid}}
`;
