// The style sheet of the page: two themes, a narrow form, and paper.
import { DARK, LIGHT, type Theme } from './palette.ts';

function variables({ series, ...colours }: Theme): string {
  const named = Object.entries(colours).map(([name, value]) => `--${name}: ${value};`);
  return [...named, ...series.map((value, i) => `--series-${i}: ${value};`)].join(' ');
}

/** Below this the narrow drawings are shown. */
const NARROW_PX = 760;

export const STYLE = `
:root { color-scheme: light; ${variables(LIGHT)} }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${variables(DARK)} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--background); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 66rem; margin: 0 auto; padding: 0 1rem; overflow-wrap: anywhere; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 2px solid var(--rule); }
h3 { font-size: 1.05rem; line-height: 1.35; margin: 1.25rem 0 .25rem; }
h4 { font-size: .95rem; margin: .75rem 0 0; color: var(--muted); }
p, ul { margin: .4rem 0; }
ul { padding-left: 1.25rem; }
.about, .marks, .circumstances, footer { color: var(--muted); font-size: .9rem; }
.verdict { background: var(--panel); border-left: 4px solid var(--text); list-style: none; padding: .6rem 1rem; }
.verdict li { font-size: 1.1rem; margin: .3rem 0; }
.cautions strong, .caution { color: var(--caution); }
.invalid { border: 2px solid var(--bad); padding: .5rem .75rem; }
.invalid strong, .bad { color: var(--bad); }
.good { color: var(--good); }
figure { margin: 1.5rem 0 2rem; }
.panel { margin: .25rem 0 .5rem; }
svg.chart { display: block; width: 100%; height: auto; overflow: visible; font: 13px system-ui, sans-serif; }
.wide svg.chart { max-width: 860px; }
.narrow svg.chart { max-width: 480px; }
.narrow { display: none; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .78rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { padding: .2rem .36rem; text-align: left; vertical-align: top; white-space: nowrap; overflow-wrap: normal; border-bottom: 1px solid var(--rule); }
th:first-child { padding-left: 0; }
thead th { white-space: normal; vertical-align: bottom; border-bottom: 2px solid var(--muted); }
tbody th { font-weight: 500; }
.number { text-align: right; }
.wraps { display: inline-block; min-width: 9rem; max-width: 15rem; white-space: normal; }
pre { background: var(--panel); padding: .75rem; overflow-x: auto; font-size: .85rem; }
code { font-family: ui-monospace, monospace; }
.digest { font-size: .8rem; }
@media screen and (max-width: ${NARROW_PX}px) {
  .wide { display: none; }
  .narrow { display: block; }
  .narrow svg.chart { font-size: 12px; }
}
@media print {
  @page { margin: 15mm; }
  body { font-size: 10pt; }
  main, header, footer { max-width: none; padding: 0; }
  /* The numbers behind a figure may go to the next page: with them it would leave half of one empty. */
  .panel, figcaption, tr, .verdict, li { break-inside: avoid; }
  h2, h3, h4, figcaption, caption, thead { break-after: avoid; }
  details > summary { display: none; }
  details:not([open])::details-content { content-visibility: visible; display: block; height: auto; }
  .scroll { overflow: visible; }
  table { font-size: 7pt; }
  th, td { padding: .1rem .35rem; }
  pre { white-space: pre-wrap; }
}
`;
