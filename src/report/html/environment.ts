// Where and how the run was made: host, kernel settings, the plan's settings, and what the load cost.

import type { Plan } from '../../plan/types.ts';
import type { Host, RunResult } from '../../result/types.ts';
import { formatCount, formatMs, formatSize, formatTimeSpan, NO_VALUE, plural } from '../words/format.ts';
import type { Page } from './data.ts';
import { type DataTable, dataTable } from './data-table.ts';
import { generatorTable } from './generators.ts';
import { html, type Markup } from './markup.ts';

export function environmentSection({ result }: Page): Markup {
  return html`<section id="environment" aria-labelledby="environment-heading">
<h2 id="environment-heading">Environment</h2>
${dataTable(pairs('Host', hostRows(result)))}
${dataTable(
  pairs(
    'Kernel settings',
    Object.entries(result.host.sysctls).map(([name, value]) => [name, value ?? NO_VALUE]),
  ),
)}
${dataTable(pairs('Plan', planRows(result.requested)))}
${generatorTable(result)}</section>
`;
}

type Pair = readonly [name: string, value: string];

function pairs(caption: string, rows: readonly Pair[]): DataTable {
  return { caption, head: ['setting', 'value'], textColumns: [0, 1], rows };
}

function hostRows({ tool, host, startedAt, durationMs, resumed }: RunResult): Pair[] {
  const { platform, kernel, arch, cpus, cpuModel, memoryBytes, node, descriptorLimit }: Host = host;
  return [
    ['tool', `${tool.name} ${tool.version}`],
    ['started', moment(startedAt)],
    ['took', formatTimeSpan(durationMs)],
    ...resumed.map(
      ({ at, blocksDone }): Pair => ['taken up again', `${moment(at)}, after ${plural(blocksDone, 'block')}`],
    ),
    ['kernel', `${platform} ${kernel} ${arch}`],
    ['processors', `${cpus}${cpuModel === null ? '' : ` × ${cpuModel}`}`],
    ['memory', formatSize(memoryBytes)],
    ['Node.js', node],
    [
      'open files of a process',
      descriptorLimit === null ? 'not known or not limited' : formatCount(descriptorLimit),
    ],
    ['client and server', host.loopback ? 'on this machine (loopback)' : 'not both on this machine'],
    ["digest of the kernel's truth table", host.truthTableDigest ?? 'not measured'],
  ];
}

function moment(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

/** What the tables of the scenarios do not say. */
function planRows(plan: Plan): Pair[] {
  const limit = (ms: number) => (ms === 0 ? 'none' : formatTimeSpan(ms));
  return [
    ['name', plan.name],
    ['seed', String(plan.seed)],
    ['blocks of each strategy', `${plan.until === 'conclusive' ? 'at most ' : ''}${plan.blocks}`],
    ['baseline', plan.baseline],
    ['server processes', String(plan.workers)],
    ['load generators', String(plan.generators)],
    ['client', plan.userPi],
    ['retry', typeof plan.retry === 'string' ? plan.retry : plan.retry.join(', ')],
    ['time unit (one schedule second)', formatMs(plan.timeUnitMs)],
    ["the client's patience", formatTimeSpan(plan.timeoutMs)],
    ['limit of time', limit(plan.maxTimeMs)],
    ['pause before each block', limit(plan.restMs)],
    [
      'data port required',
      plan.requireDataPort ? 'yes: another source port is a failure' : 'no: another source port is counted',
    ],
  ];
}
