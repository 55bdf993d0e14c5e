/** The style of the page: light, dark and printed. In dark mode, figures turn dark too, through `paper` and currentColor. */
export const style = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --faint: #6b6b6b; --line: #d8d8d8; --alert: #9c2f00; --alert-paper: #fff3ec; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e4e4; --paper: #15171a; --faint: #a2a2a2; --line: #3a3d42; --alert: #ffb48a; --alert-paper: #35221a; }
}
@media print {
  :root { --ink: #000000; --paper: #ffffff; --faint: #444444; --line: #bbbbbb; --alert: #9c2f00; --alert-paper: #ffffff; }
  figure, table { break-inside: avoid; }
}
body { max-width: 58rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 0.75rem; break-after: avoid; }
h3 { margin: 1.75rem 0 0.5rem; font-size: 1.05rem; break-after: avoid; }
p { max-width: 46rem; overflow-wrap: anywhere; }
.warning { padding: 0.5rem 0.9rem; border-left: 4px solid var(--alert); background: var(--alert-paper); color: var(--alert); }
.wide { width: fit-content; min-width: 100%; max-width: calc(100vw - 3rem); margin: 1rem 0 1.5rem 50%; transform: translateX(-50%); overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.92rem; }
caption { max-width: min(46rem, calc(100vw - 3rem)); text-align: left; color: var(--faint); padding-bottom: 0.4rem; }
th, td { padding: 0.3rem 1.1rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; line-height: 1.25; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.many { width: max-content; }
.many .number { white-space: pre-line; }
@media (max-width: 60rem) {
  table { font-size: 0.82rem; }
  th, td { padding-right: 0.7rem; }
  .many table { font-size: 0.75rem; }
  .many th, .many td { padding-right: 0.45rem; }
}
.formulas { margin: 0.5rem 0; }
.formulas math { width: max-content; margin: 0.6rem 0 0.6rem 1rem; font-size: 1.15rem; }
details { margin: 0 0 0.75rem; color: var(--faint); font-size: 0.92rem; }
.formulas mtd { text-align: left; }
pre { margin: 0.4rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 0 0 1rem; }
figure svg { display: block; max-width: 100%; height: auto; color: var(--ink); }
figure svg .paper { fill: var(--paper); }
figcaption { max-width: 46rem; margin-top: 0.5rem; color: var(--faint); font-size: 0.92rem; }
`;
