// Where and how the run was made: host, kernel settings, the plan's settings, and what the load cost.

import type { Plan } from '../../plan/types.ts';
import type { Host, RunResult } from '../../result/types.ts';
import { machineLine } from '../text/terminal.ts';
import { formatCount, formatMs, formatSize, formatTimeSpan, NO_VALUE, plural } from '../words/format.ts';
import type { Page } from './data.ts';
import { type DataTable, dataTable } from './data-table.ts';
import { generatorTable } from './generators.ts';
import { type Content, html, isEmpty, type Markup, NOTHING } from './markup.ts';
import { prose } from './unbroken.ts';

export function environmentSection({ result }: Page): Markup {
  const sysctls = Object.entries(result.host.sysctls).map(([name, value]): Pair => [name, value ?? NO_VALUE]);
  return html`<section id="environment" aria-labelledby="environment-heading">
<h2 id="environment-heading">Environment</h2>
<p>${prose(machineLine(result.host))}</p>
<details><summary>Host, kernel settings and plan</summary>
<div class="tables">
${dataTable(pairs('Host', hostRows(result)))}
${dataTable(pairs('Plan', planRows(result.requested)))}
${sysctls.length === 0 ? NOTHING : dataTable(pairs('Kernel settings', sysctls))}
</div>
</details>
${generators(result)}</section>
`;
}

function generators(result: RunResult): Markup {
  const table = generatorTable(result);
  if (isEmpty(table)) return NOTHING;
  return html`<details><summary>What the load cost its generators</summary>\n${table}\n</details>\n`;
}

type Pair = readonly [name: string, value: Content];

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
    [
      "digest of the kernel's truth table",
      html`<span class="wraps">${host.truthTableDigest ?? 'not measured'}</span>`,
    ],
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
