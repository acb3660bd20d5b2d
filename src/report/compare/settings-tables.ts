// The settings in which two runs differ: as tables above a comparison, and as the line that refuses one.

import { type FittedColumn, fittedTables } from '../text/fitted-table.ts';
import { markdownTable } from '../text/markdown.ts';
import { wrap } from '../text/wrap.ts';
import { enumerate, plural } from '../words/format.ts';
import type { ComparisonReport } from './compare.ts';
import type { SettingDifference } from './settings.ts';

const HEAD = ['setting', 'A (baseline)', 'B (candidate)'];
const ALIGNS = ['left', 'left', 'left'] as const;
const ALIKE = 'A and B were run in the same environment with the same load.';
/** As many differences as fit into one line. */
const NAMED = 3;
const LONGEST_VALUE = 40;

type Settled = Pick<ComparisonReport, 'of' | 'settings' | 'alike'>;

/** Empty lines apart, with one at the end. Two strategies of one run have no settings to differ in. */
export function settingsText(report: Settled, width: number): string[] {
  return parts(report).flatMap(({ title, settings }) => {
    const heading = wrap(title, width, '  ');
    if (settings.length === 0) return [heading, ''];
    const rows = settings.map(inCells);
    const columns = HEAD.map(
      (head, i): FittedColumn => ({
        ...{ head, align: 'left', isKey: i === 0, flows: true, group: 'values' },
        cells: rows.map((cells) => cells[i] ?? ''),
      }),
    );
    return [heading, fittedTables(columns, width), ''];
  });
}

export function settingsMarkdown(report: Settled): string[] {
  return parts(report).flatMap(({ title, settings }) =>
    settings.length === 0 ? [title] : [`${title}:`, markdownTable(HEAD, ALIGNS, settings.map(inCells))],
  );
}

/** `host.kernel (6.18.5, 6.12.1), host.cpus (2, 4) and 3 more`: what makes two runs unlike, in one line. */
export function unlikeness({ settings }: Settled): string {
  const named = settings
    .filter(({ kind }) => kind !== 'other')
    .map(
      ({ setting, baseline, candidate }) => `${setting} (${shortened(baseline)}, ${shortened(candidate)})`,
    );
  const rest = named.length - NAMED;
  return enumerate(rest > 0 ? [...named.slice(0, NAMED), `${rest} more`] : named);
}

interface Part {
  readonly title: string;
  readonly settings: readonly SettingDifference[];
}

function parts({ of, settings, alike }: Settled): readonly Part[] {
  if (of === 'strategies') return [];
  const telling = settings.filter(({ kind }) => kind !== 'other');
  const others = settings.filter(({ kind }) => kind === 'other');
  const unlike = plural(
    telling.length,
    'difference of environment or load',
    'differences of environment or load',
  );
  const title = alike ? ALIKE : unlike;
  const rest = {
    title: plural(others.length, 'other setting differs', 'other settings differ'),
    settings: others,
  };
  return [{ title, settings: telling }, ...(others.length === 0 ? [] : [rest])];
}

function inCells({ setting, baseline, candidate }: SettingDifference): string[] {
  return [setting, baseline, candidate];
}

function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}…`;
}
