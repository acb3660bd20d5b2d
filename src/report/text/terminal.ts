// The whole report of a run for a terminal: where it was made, the tables, and what they show.
import pc from 'picocolors';
import type { Host, RunResult } from '../../result/types.ts';
import { formatSize, formatTimeSpan, plural } from '../words/format.ts';
import { type Finding, findings } from './findings.ts';
import { type Colours, formatTables, type TextOptions } from './table.ts';
import { wrap } from './wrap.ts';

export interface TerminalOptions extends TextOptions {
  /** Sentences are wrapped to this width; the tables keep their own. 120 unless set. */
  readonly columns?: number;
}

const DEFAULT_COLUMNS = 120;

export function formatTerminal(result: RunResult, options: TerminalOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = options.columns ?? DEFAULT_COLUMNS;
  const heading = headingLines(result).map((line) => wrap(line, columns, '  '));
  const sentences = findings(result).map((finding) => findingText(finding, columns, colours));
  return [colours.dim(heading.join('\n')), formatTables(result, options), sentences.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Tool, plan and seed; host, kernel and the settings that matter. */
function headingLines({ tool, requested, startedAt, durationMs, host }: RunResult): string[] {
  const plan = `${tool.name} ${tool.version} · plan ${requested.name}, seed ${requested.seed}`;
  return [
    `${plan} · ${startedAt.slice(0, 16).replace('T', ' ')} UTC · ${formatTimeSpan(durationMs)}`,
    hostLine(host),
  ];
}

export function hostLine(host: Host): string {
  const machine = `${host.platform} ${host.kernel} ${host.arch}, ${plural(host.cpus, 'CPU')}, ${formatSize(host.memoryBytes)}`;
  const sysctls = Object.entries(host.sysctls).flatMap(([name, value]) =>
    value === null ? [] : [`${name.split('.').at(-1)}=${value}`],
  );
  return [machine, `Node ${host.node}`, ...(sysctls.length > 0 ? [sysctls.join(' ')] : [])].join(' · ');
}

function findingText({ kind, text }: Finding, columns: number, colours: Colours): string {
  const mark = kind === 'caution' ? '! ' : '- ';
  const lines = wrap(mark + text, columns, '  ');
  return kind === 'caution' ? colours.yellow(lines) : lines;
}
