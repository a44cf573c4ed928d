/** A field for text, and what is wrong about it: a word that hangs over the page, so that nothing moves. */
export const css = `
.field{inline-size:100%;min-inline-size:0;min-block-size:48px;padding:10px 16px;border:1.5px solid var(--line);border-color:color-mix(in srgb,var(--ink) 45%,var(--face));border-radius:var(--r);background:var(--face);color:var(--ink);font:inherit;text-align:start}
.field::placeholder{color:var(--soft);opacity:1}
.field:focus{outline:2px solid var(--edge);outline-offset:-2px;border-color:transparent}
.field[aria-invalid]{border-color:#b3261e}
.hold{position:relative;display:block}
.wrong{position:absolute;z-index:1;inset-block-start:calc(100% - 2px);inset-inline-start:12px;max-inline-size:calc(100% - 24px);padding:6px 12px;border:1px solid transparent;border-radius:8px;background:#b3261e;color:#fff;font-size:.8125em;line-height:1.35;text-align:start;pointer-events:none}
.wrong:empty{display:none}
`;
