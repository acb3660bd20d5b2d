// The page to watch: a bar that moves, and below it the report of the blocks that are over.

import type { Plan } from '../plan/types.ts';
import { html, type Markup, NOTHING, trusted } from '../report/html/markup.ts';
import { heading, reportMarkup } from '../report/html/page.ts';
import { planDetails } from '../report/html/reproduce.ts';
import { htmlDocument } from '../report/html/shell.ts';
import { NO_VALUE } from '../report/words/format.ts';
import type { RunResult } from '../result/types.ts';
import type { Drawing } from './drawn-report.ts';
import type { RunWords } from './run-state.ts';
import { BAR_STYLE } from './style.ts';

export interface LivePage {
  readonly plan: Plan;
  readonly words: RunWords;
  /** Undefined before the first block is over. */
  readonly report: Drawing | undefined;
  /** The report's name in `Updates`. */
  readonly have: string;
}

/** The script fills the elements that have `data-live` with the words of that name. */
export function livePage({ plan, words, report, have }: LivePage): string {
  return htmlDocument({
    title: words.title,
    // The empty icon keeps browsers from asking for one.
    head: html`<link rel="icon" href="data:,">
<style>${trusted(BAR_STYLE)}</style>
<script src="/live.js" defer></script>
`,
    body: html`<body data-have="${have}">
${bar(words)}<div id="report">
${report === undefined ? waiting(plan) : trusted(report.markup)}</div>
</body>`,
  });
}

/** What is drawn of a result. It never throws: a run must not end because its page cannot be drawn. */
export function drawReport(result: RunResult): string {
  try {
    return reportMarkup(result).markup;
  } catch (error) {
    const text = `The report of this result cannot be drawn: ${(error as Error).message}`;
    return html`<main><p class="invalid">${text}</p></main>\n`.markup;
  }
}

/** The numbers of the strategy that runs, apart from those of the whole run. Only the state is announced to those who do not see it: numbers that change twice a second would never end. */
function bar(words: RunWords): Markup {
  const { doing, whose, offered, failed, rate, elapsed, left, blocksDone, blocksTotal } = words;
  return html`<section id="live" aria-label="The run">
<div>
<p class="doing"><strong data-live="doing">${doing}</strong> <span id="live-state" role="status" aria-live="polite"></span></p>
<progress aria-label="Blocks done" max="${Math.max(1, blocksTotal)}" value="${blocksDone}"></progress>
<div class="numbers">
<p data-live="whose"${markIfNone(whose)}>${whose}</p>
<dl>
${number('failed', 'failed', failed)}</dl>
<dl class="whole">
${number('offered', 'offered', offered)}${number('rate', 'a second', rate)}${number('elapsed', 'elapsed', elapsed)}${number('left', 'left', left)}</dl>
</div>
<noscript><p>Without scripts this page does not move by itself: load it again to see how far the run is.</p></noscript>
</div>
</section>
`;
}

function number(name: keyof RunWords, label: string, value: string): Markup {
  return html`<div${markIfNone(value)}><dt>${label}</dt><dd data-live="${name}">${value}</dd></div>\n`;
}

function markIfNone(value: string): Markup {
  return value === NO_VALUE ? html` data-none` : NOTHING;
}

function waiting(plan: Plan): Markup {
  return html`<header>
${heading(plan)}
</header>
<main>
<p>The report appears here when the first block is over.</p>
${planDetails(plan)}</main>
`;
}
