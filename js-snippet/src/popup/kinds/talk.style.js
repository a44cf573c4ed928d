/** A conversation that goes on: the shopper's words, and the dots of a shop that types. */
export const css = `
.own{align-self:flex-end;border-end-start-radius:var(--r);border-end-end-radius:6px;background:var(--accent);color:var(--on)}
.typing{display:flex;gap:4px;padding-block:17px}
i{inline-size:7px;block-size:7px;border-radius:50%;background:var(--soft)}
@media(prefers-reduced-motion:no-preference){
i{animation:dot 1.1s infinite alternate}
i+i{animation-delay:.18s}
i+i+i{animation-delay:.36s}
}
@keyframes dot{50%{opacity:.35}}
`;
