// The whole report of a run for a terminal: the answer, the tables, doubts, comparisons, and how it was measured.
import pc from 'picocolors';
import type { Host, RunResult } from '../../result/types.ts';
import { answerLines } from '../words/answer.ts';
import { formatSize, formatTimeSpan, plural } from '../words/format.ts';
import { type Finding, findings } from './findings.ts';
import { proseColumnsOf, type TextOptions } from './options.ts';
import { legend } from './scenario.ts';
import { formatTables } from './table.ts';
import { wrap, wrapLines } from './wrap.ts';

export function formatTerminal(result: RunResult, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const found = findings(result);
  const sentences = (mark: string, wanted: Finding['kind']) =>
    found
      .filter(({ kind }) => kind === wanted)
      .map(({ text }) => wrap(mark + text, columns, '  '))
      .join('\n');
  const method = [...legend(result), hostLine(result.host)].map((line) => wrap(`- ${line}`, columns, '  '));
  return [
    colours.dim(wrap(titleLine(result), columns, '  ')),
    colours.bold(wrapLines(answerLines(result), columns, '  ')),
    formatTables(result, options),
    coloured(sentences('! ', 'caution'), colours.yellow),
    section('What was seen', sentences('- ', 'seen'), colours.bold),
    section('What was compared', sentences('- ', 'verdict'), colours.bold),
    colours.dim(section('How it was measured', method.join('\n'), colours.bold)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(title: string, text: string, paint: (text: string) => string): string {
  return text === '' ? '' : `${paint(title)}\n${text}`;
}

function coloured(text: string, paint: (text: string) => string): string {
  return text === '' ? '' : paint(text);
}

/** Tool, plan, seed and time. */
function titleLine({ tool, requested, startedAt, durationMs }: RunResult): string {
  const plan = `${tool.name} ${tool.version} · plan ${requested.name}, seed ${requested.seed}`;
  return `${plan} · ${startedAt.slice(0, 16).replace('T', ' ')} UTC · ${formatTimeSpan(durationMs)}`;
}

/** Machine, kernel and Node. */
export function machineLine({ platform, kernel, arch, cpus, memoryBytes, node }: Host): string {
  return `${platform} ${kernel} ${arch}, ${plural(cpus, 'CPU')}, ${formatSize(memoryBytes)} · Node ${node}`;
}

/** With the settings of the kernel that matter. */
function hostLine(host: Host): string {
  const sysctls = Object.entries(host.sysctls).flatMap(([name, value]) =>
    value === null ? [] : [`${name.split('.').at(-1)}=${value}`],
  );
  return [machineLine(host), ...(sysctls.length > 0 ? [sysctls.join(' ')] : [])].join(' · ');
}
