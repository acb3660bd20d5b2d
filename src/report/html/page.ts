// A run as one HTML file: nothing in it is loaded from elsewhere, and nothing in it runs.
import type { Plan } from '../../plan/types.ts';
import type { RunResult } from '../../result/types.ts';
import { formatTimeSpan, plural } from '../words/format.ts';
import { bindCostFigure } from './bind-cost.ts';
import { bindsStatement } from './binds.ts';
import { contents, type Section } from './contents.ts';
import { curvesFigures } from './curves.ts';
import type { Page } from './data.ts';
import { differencesFigure } from './differences.ts';
import { environmentSection } from './environment.ts';
import { failureKindsFigure } from './failure-kinds.ts';
import { html, isEmpty, type Markup, NOTHING } from './markup.ts';
import { overTimeFigures } from './over-time.ts';
import { looksOf } from './palette.ts';
import { predictedStatement } from './predicted.ts';
import { ratesFigure } from './rates.ts';
import { reproduceSection } from './reproduce.ts';
import { htmlDocument } from './shell.ts';
import { scenarioPlaces, strategyTables } from './strategy-tables.ts';
import { type TruthTableReport, truthTableSection } from './truth-table.ts';
import { prose } from './unbroken.ts';
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
export function reportMarkup(result: RunResult, options: HtmlOptions = {}): Markup {
  const sections = sectionsOf({ result, looks: looksOf(result) }, options).filter(
    ({ markup }) => !isEmpty(markup),
  );
  return html`${header(result)}${contents(sections)}<main>
${sections.map(({ markup }) => markup)}</main>
<footer><p>Made by ${result.tool.name} ${result.tool.version} from a result of format version ${result.formatVersion}.</p></footer>
`;
}

export function heading({ name }: Plan): Markup {
  return html`<h1>Failure rates of active-mode FTP: ${name}</h1>`;
}

function header({ requested, startedAt, durationMs, partial }: RunResult): Markup {
  const about = [
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    formatTimeSpan(durationMs),
    `seed ${requested.seed}`,
    `${requested.until === 'conclusive' ? 'at most ' : ''}${plural(requested.blocks, 'block')} of each strategy`,
    ...(partial ? ['ended early'] : []),
  ];
  return html`<header>
${heading(requested)}
<p class="about">${prose(about.join(' · '))}</p>
</header>
`;
}

/** In the order of the page; those that have nothing to show are empty. */
function sectionsOf(page: Page, { truthTable = null, command }: HtmlOptions): Section[] {
  return [
    { id: 'verdict', title: 'Verdict', markup: verdictSection(page) },
    { id: 'strategies', title: 'Strategies', within: scenarioPlaces(page), markup: strategyTables(page) },
    group(page, 'failures', 'How often transfers failed', [ratesFigure(page), differencesFigure(page)]),
    group(page, 'why', 'Why transfers failed', [failureKindsFigure(page), predictedStatement(page)]),
    group(page, 'over-time', 'What happened over time', [overTimeFigures(page)]),
    group(page, 'effort', 'What the port cost', [
      bindsStatement(page),
      curvesFigures(page),
      bindCostFigure(page),
    ]),
    { id: 'truth-table', title: 'The kernel', markup: truthTableSection(page, truthTable) },
    { id: 'environment', title: 'Environment', markup: environmentSection(page) },
    { id: 'reproduce', title: 'Run it again', markup: reproduceSection(page, command) },
  ];
}

/** Where there is one scenario, its figures stand side by side, as the scenarios do elsewhere. */
function group({ result }: Page, id: string, title: string, parts: readonly Markup[]): Section {
  const side = result.requested.scenarios.length === 1 ? html` class="side"` : NOTHING;
  const markup = parts.every(isEmpty)
    ? NOTHING
    : html`<section id="${id}"${side} aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${title}</h2>
${parts}</section>
`;
  return { id, title, markup };
}
