// The style sheet of the page: two themes, from a phone to a wide screen, and paper.
import { DARK, LIGHT, type Theme } from './palette.ts';

function variables({ series, ...colours }: Theme): string {
  const named = Object.entries(colours).map(([name, value]) => `--${name}: ${value};`);
  return [...named, ...series.map((value, i) => `--series-${i}: ${value};`)].join(' ');
}

/** From here on two drawings stand side by side. */
const TWO_PANELS_PX = 720;
/** From here on three drawings stand side by side. */
const THREE_PANELS_PX = 1100;

/** A figure of one drawing or two has its words beside them, in the place of a third. */
function wordsBeside(figures: string): string {
  return `${figures} { display: grid; grid-template-columns: 1fr 2fr; column-gap: 1.5rem; }
  ${figures} > details { grid-column: 1 / -1; }
  ${figures} h3 { margin-top: .5rem; }`;
}

export const STYLE = `
:root { color-scheme: light; ${variables(LIGHT)} }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${variables(DARK)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main, header, footer, .contents { max-width: 68rem; margin: 0 auto; padding: 0 1rem; overflow-wrap: anywhere; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--rule); }
h3 { font-size: 1rem; line-height: 1.35; margin: 1.25rem 0 .15rem; }
h4 { font-size: .875rem; margin: 0; color: var(--muted); }
p, ul { margin: .35rem 0; }
ul { padding-left: 1.25rem; }
.one { white-space: nowrap; }
a { color: var(--link); text-underline-offset: .15em; }
.about, .marks, .circumstances, footer { color: var(--muted); font-size: .875rem; }
.marks { max-width: 56rem; }
.circumstances { list-style: none; padding: 0; }
.contents { margin-top: .75rem; font-size: .9rem; }
.contents ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.25rem; }
.contents li { display: flex; flex-wrap: wrap; gap: 0 .6rem; }
.contents li ol { gap: 0 .6rem; font-size: .8rem; align-items: baseline; }
.contents li ol::before { content: '\\203a'; color: var(--muted); }
.verdict { background: var(--panel); border-left: 4px solid var(--text); padding: .6rem 1rem; margin: .75rem 0; }
.answer { font-size: 1.125rem; line-height: 1.4; font-weight: 600; margin: 0 0 .35rem; }
.cautions { list-style: none; padding: 0; }
.cautions li { border-left: 4px solid var(--caution); padding: .1rem 1rem; margin: .35rem 0; font-size: .9rem; }
.cautions strong, .caution { color: var(--caution); }
.invalid { border: 2px solid var(--bad); padding: .5rem .75rem; }
.invalid strong, .bad { color: var(--bad); }
.good { color: var(--good); }
figure { margin: 1rem 0 1.5rem; }
.statement { margin: .75rem 0; }
.aside { font-size: .9rem; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); gap: .75rem 1.5rem; margin: .5rem 0; }
svg.chart { display: block; width: 100%; max-width: 368px; height: auto; overflow: visible; font: 12px system-ui, sans-serif; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; font-size: .85rem; }
.legend li { display: flex; align-items: center; gap: .4rem; }
svg.sign { flex: none; display: block; }
details { margin: .4rem 0; }
summary { cursor: pointer; color: var(--link); font-size: .9rem; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.tables { display: flex; flex-wrap: wrap; gap: 0 2.5rem; }
.tables .scroll { max-width: 100%; }
.scroll { overflow-x: auto; margin: .5rem 0 .75rem; }
table { border-collapse: collapse; font-size: .78rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
/* Of a table that scrolls the words stay where they can be read. */
caption > span { display: inline-block; position: sticky; left: 0; max-width: min(100%, calc(100vw - 2rem)); }
th, td { padding: .18rem .36rem; text-align: left; vertical-align: top; white-space: nowrap; overflow-wrap: normal; border-bottom: 1px solid var(--rule); }
th:first-child { padding-left: 0; }
thead th { white-space: normal; vertical-align: bottom; border-bottom: 2px solid var(--muted); }
tbody th { font-weight: 500; }
.number { text-align: right; }
.wraps { display: inline-block; min-width: 9rem; max-width: 15rem; white-space: normal; overflow-wrap: anywhere; }
pre { background: var(--panel); padding: .75rem; overflow-x: auto; font-size: .85rem; }
code { font-family: ui-monospace, monospace; }
.digest { font-size: .8rem; }
.scenario .scroll caption { white-space: nowrap; position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
@media screen and (max-width: ${THREE_PANELS_PX - 1}px) {
  /* What a row is of stays in sight while the rest of it is scrolled. */
  tbody th, thead th:first-child { position: sticky; left: 0; background: var(--background); }
}
@media screen and (min-width: ${TWO_PANELS_PX}px) {
  .side { display: grid; grid-template-columns: repeat(2, 1fr); column-gap: 1.5rem; }
  .side > * { grid-column: 1 / -1; }
  .side > figure { grid-column: auto; grid-row: span 3; display: grid; grid-template-rows: subgrid; row-gap: 0; margin: 0 0 .75rem; }
  .side h3 { margin-top: .25rem; }
  .side > .statement { margin: 0 0 .25rem; }
  .side > figure:has(details[open]) { grid-column: 1 / -1; }
}
@media screen and (min-width: ${THREE_PANELS_PX}px) {
  .side { grid-template-columns: repeat(3, 1fr); }
}
@media screen and (min-width: ${THREE_PANELS_PX}px) { ${wordsBeside(':not(.side) > .few')} }
@media print {
  @page { size: A4; margin: 13mm; }
  :root { font-size: 8.5pt; }
  body { font-size: 1rem; line-height: 1.4; }
  main, header, footer, .contents { max-width: none; padding: 0; }
  header { padding-top: 0; }
  h2 { margin-top: 1.2rem; }
  .panels { grid-template-columns: repeat(3, 1fr); gap: .5rem .75rem; }
  .few .panels { grid-template-columns: repeat(2, 1fr); }
  .panel, figcaption, tr, .verdict, li { break-inside: avoid; }
  h2, h3, h4, figcaption, caption, thead { break-after: avoid; }
  ${wordsBeside('.few')}
  a { text-decoration: none; }
  details > summary { list-style: none; color: var(--muted); break-after: avoid; }
  details:not([open])::details-content { content-visibility: visible; display: block; height: auto; }
  .scroll { overflow: visible; margin: .2rem 0 .4rem; }
  .tables { gap: 0 1.5rem; }
  table { font-size: .74rem; line-height: 1.25; }
  th, td { padding: .06rem .25rem; }
  pre { white-space: pre-wrap; font-size: .75rem; line-height: 1.25; columns: 2; }
}
`;
