/** Styles of the HTML report, for light and dark screens and for paper. */
export const STYLE = `
:root { color-scheme: light dark; --error: #c0392b; --warning: #b9770e; --info: #2471a3; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; overflow-wrap: anywhere; }
h3 { font-size: 0.85rem; font-weight: 600; opacity: 0.7; margin: 1.2rem 0 0.2rem; }
.code { font: 13px/1.5 ui-monospace, monospace; white-space: pre; border: 1px solid #8884; border-radius: 6px; margin: 0; padding: 0.5rem 0; overflow-x: auto; }
.code span { display: block; padding-right: 1rem; border-left: 3px solid transparent; }
.code b { display: inline-block; width: 3rem; padding-right: 0.8rem; text-align: right; font-weight: 400; opacity: 0.5; user-select: none; }
.code span.error { border-color: var(--error); background: color-mix(in srgb, var(--error) 12%, transparent); }
.code span.warning { border-color: var(--warning); background: color-mix(in srgb, var(--warning) 12%, transparent); }
.code span.info { border-color: var(--info); background: color-mix(in srgb, var(--info) 8%, transparent); }
details { font: 13px/1.5 system-ui, sans-serif; white-space: normal; margin: 0.1rem 1rem 0.3rem 3.8rem; }
details.error summary { color: var(--error); }
details.warning summary { color: var(--warning); }
details.info summary { color: var(--info); }
code { font: inherit; }
summary { cursor: pointer; }
summary i { opacity: 0.7; }
.note { opacity: 0.8; }
`;
