/** A field for text with what is wrong about it. */
export const css = `
.field{inline-size:100%;min-inline-size:0;min-block-size:48px;padding:10px 16px;border:1.5px solid var(--line);border-color:color-mix(in srgb,var(--ink) 45%,var(--face));border-radius:var(--r);background:var(--face);color:var(--ink);font:inherit;text-align:start}
.field::placeholder{color:var(--soft);opacity:1}
.field:focus{outline:2px solid var(--edge);outline-offset:-2px;border-color:transparent}
.wrong{color:#b3261e;font-size:.8125em;line-height:1.35;text-align:start}
@media(prefers-color-scheme:dark){.panel:not(.dark-never) .wrong{color:#ffb4ab}}
`;
