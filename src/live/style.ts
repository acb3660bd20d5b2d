// The bar of the page to watch; colours are those of the report.

export const BAR_STYLE = `
html { scroll-padding-top: 8rem; } /* what a link leads to must not be under the bar */
#live { position: sticky; top: 0; z-index: 1; background: var(--panel); border-bottom: 2px solid var(--rule); }
#live > div { max-width: 68rem; margin: 0 auto; padding: .5rem 1rem; }
#live p { margin: 0; overflow-wrap: anywhere; }
#live .doing { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1.5rem; }
#live progress { display: block; width: 100%; height: .75rem; margin: .3rem 0; accent-color: var(--link); }
#live .numbers { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; font-variant-numeric: tabular-nums; }
#live .numbers > p { font-weight: 600; }
#live dl { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; margin: 0; }
#live .whole { margin-left: auto; }
#live dd { white-space: nowrap; }
#live dl div { display: flex; flex-direction: row-reverse; gap: .35rem; }
#live dt { color: var(--muted); }
#live dd { margin: 0; font-weight: 600; }
#live [data-none] { visibility: hidden; } /* it keeps its place: nothing moves when it comes */
#live-state { color: var(--muted); }
[data-state=lost] #live-state { color: var(--caution); font-weight: 600; }
[data-state=over] #live-state { color: var(--text); font-weight: 600; }
/* The script keeps the reader's place itself. */
#report { overflow-anchor: none; }
@media screen and (max-width: 1000px) { #live .whole { margin-left: 0; } }
@media screen and (max-width: 600px) {
  #live > div { padding: .35rem 1rem; font-size: .875rem; }
  #live .numbers, #live dl { gap: 0 1rem; }
  #live .numbers > p { flex-basis: 100%; }
}
@media print { #live { display: none; } }
`;
