// A run as one HTML file: nothing in it is loaded from elsewhere, and nothing in it runs.
import type { Plan } from '../../plan/types.ts';
import type { RunResult } from '../../result/types.ts';
import { hostLine } from '../text/terminal.ts';
import { formatTimeSpan } from '../words/format.ts';
import { bindCostFigure } from './bind-cost.ts';
import { bindsFigure } from './binds.ts';
import { blocksFigure } from './blocks.ts';
import { curvesFigures } from './curves.ts';
import type { Page } from './data.ts';
import { differencesFigure } from './differences.ts';
import { environmentSection } from './environment.ts';
import { failureKindsFigure } from './failure-kinds.ts';
import { html, isEmpty, type Markup, NOTHING } from './markup.ts';
import { overTimeFigures } from './over-time.ts';
import { looksOf } from './palette.ts';
import { predictedFigure } from './predicted.ts';
import { ratesFigure } from './rates.ts';
import { reproduceSection } from './reproduce.ts';
import { htmlDocument } from './shell.ts';
import { strategyTables } from './strategy-tables.ts';
import { type TruthTableReport, truthTableSection } from './truth-table.ts';
import { verdictSection } from './verdict.ts';

export type { TruthTableReport } from './truth-table.ts';

export interface HtmlOptions {
  /** The probe of the kernel that the run was made on; left out unless given. */
  readonly truthTable?: TruthTableReport | null;
  /** The command line that made the run; the plan as a file is told in any case. */
  readonly command?: string;
}

/** The policy holds even if a name from a result got through the escaping: no script, no request (CSP Level 3). */
const POLICY = html`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
`;

/**
 * The whole report. Pure: the same result gives the same text. It takes some 10 ms a chart, and loading this module
 * loads the charting library: import it where it is needed only.
 */
export function formatHtml(result: RunResult, options: HtmlOptions = {}): string {
  return htmlDocument({
    title: `port20: ${result.requested.name}, ${result.startedAt.slice(0, 10)}`,
    head: POLICY,
    body: html`<body>\n${reportMarkup(result, options)}</body>`,
  });
}

/** What is in the body: header, main and footer. */
export function reportMarkup(result: RunResult, { truthTable = null, command }: HtmlOptions = {}): Markup {
  const page: Page = { result, looks: looksOf(result) };
  return html`${header(result)}<main>
${verdictSection(page)}${strategyTables(page)}${figures(page)}${truthTableSection(page, truthTable)}${environmentSection(page)}${reproduceSection(page, command)}</main>
<footer><p>Made by ${result.tool.name} ${result.tool.version} from a result of format version ${result.formatVersion}.</p></footer>
`;
}

export function heading({ name }: Plan): Markup {
  return html`<h1>Failure rates of active-mode FTP: ${name}</h1>`;
}

function header({ requested, startedAt, durationMs, host, partial }: RunResult): Markup {
  const started = `${startedAt.slice(0, 16).replace('T', ' ')} UTC`;
  return html`<header>
${heading(requested)}
<p class="about">${started}, ${formatTimeSpan(durationMs)}, seed ${requested.seed}${partial ? ', ended early' : ''}. ${hostLine(host)}</p>
</header>
`;
}

function figures(page: Page): Markup {
  return html`${group('failures', 'How often transfers failed', [ratesFigure(page), differencesFigure(page), blocksFigure(page)])}${group(
    'over-time',
    'What happened over time',
    [overTimeFigures(page)],
  )}${group('effort', 'What the port cost', [bindsFigure(page), curvesFigures(page), bindCostFigure(page)])}${group(
    'why',
    'Why transfers failed',
    [predictedFigure(page), failureKindsFigure(page)],
  )}`;
}

function group(id: string, title: string, figures: readonly Markup[]): Markup {
  if (figures.every(isEmpty)) return NOTHING;
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${figures}</section>
`;
}
