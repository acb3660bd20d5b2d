// Boots kernels in QEMU, asks each what its sockets do (`probe`) and what a bind costs (`probe --cost`), and compares.
// Usage: npm run lab:kernels -- [--kernel vmlinuz]… [--changed] [--patience 15m] [--out FOLDER]
//   Exit status 1 where a kernel has the fast path of SO_REUSEADDR and should not by its version, or the other way round.
//   Debian's 6.1 and 6.12 unless kernels are named; --changed builds Debian's 6.12 twice more, as it is and with one
//   statement added (changed.mjs). Needs Debian's apt, amd64 and the network on its first run; no root, no KVM.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PreflightError, UsageError } from '../../dist/errors.js';
import { reuseAddrFastPath } from '../../dist/fast-path.js';
import { parseDurationMs } from '../../dist/units.js';
import { changedKernels } from './changed.mjs';
import { askGuest } from './guest.mjs';
import { DEBIAN_KERNELS, debianKernel, kernelOf } from './packages.mjs';
import { claimsInWords, costTable, differingCells, fastPaths } from './tables.mjs';

/** Of one connection in a guest, whose clock runs on while its host does other things. */
const CONNECTION_PATIENCE = '60s';
/** Claims that need network namespaces are tried with these, where this system has them. */
const [IP, UNSHARE] = ['/usr/sbin/ip', '/usr/bin/unshare'];

const { values } = parseArgs({
  options: {
    kernel: { type: 'string', multiple: true, default: [] },
    changed: { type: 'boolean', default: false },
    patience: { type: 'string', default: '15m' },
    out: { type: 'string' },
  },
});

await main().catch((error) => {
  if (!(error instanceof PreflightError || error instanceof UsageError)) throw error;
  process.stderr.write(`lab:kernels: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 3;
});

async function main() {
  const patienceMs = parseDurationMs(values.patience);
  const kernels = await chosenKernels();
  const asked = [];
  for (const kernel of kernels)
    asked.push({ ...(await ask(kernel, patienceMs)), expected: expectedOf(kernel) });
  process.stdout.write(`${report(asked)}\n`);
  const surprised = asked.some(({ cost, expected }) => contradicts(cost.reuseAddrFastPath, expected));
  if (surprised) process.exitCode = 1;
  if (values.out !== undefined) save(values.out, asked);
}

async function chosenKernels() {
  const kernels = values.kernel.map((image) => ({ name: '', ...kernelOf(image) }));
  if (kernels.length === 0) {
    for (const release of DEBIAN_KERNELS) kernels.push({ name: '', ...(await debianKernel(release)) });
  }
  return values.changed ? [...kernels, ...(await changedKernels())] : kernels;
}

/** `present` or `absent`: of one that was changed it is known, of others by their version. */
function expectedOf({ fastPath, version }) {
  if (fastPath !== undefined) return fastPath;
  return reuseAddrFastPath('linux', version)?.has ? 'present' : 'absent';
}

function contradicts(found, expected) {
  return found !== 'unknown' && found !== expected;
}

async function ask(kernel, patienceMs) {
  const title = `${kernel.version}${kernel.name}`;
  process.stderr.write(`booting ${title}\n`);
  const port20 = ['node', '/port20/dist/cli/main.js', 'probe', '--json'];
  const questions = [
    { name: 'probe', command: port20 },
    { name: 'cost', command: [...port20, '--cost', '--patience', CONNECTION_PATIENCE] },
  ];
  const programs = [IP, UNSHARE].filter((file) => existsSync(file)).map((file) => ({ file }));
  const { answers, seconds } = await askGuest({ kernel, questions, patienceMs, programs });
  const read = (question) => {
    const { status, answer, problem } = answers.get(question);
    if (status === 0) return JSON.parse(answer);
    throw new PreflightError(`${question} on kernel ${title} ended with ${status}: ${problem.trim()}`);
  };
  process.stderr.write(`${title}: ${seconds.toFixed(0)} s\n`);
  return { title, seconds, probe: read('probe'), cost: read('cost') };
}

function report(asked) {
  return [
    ...asked.map(({ title, seconds }) => `${title}: booted, asked and ended in ${seconds.toFixed(0)} s`),
    '',
    differingCells(asked),
    '',
    claimsInWords(asked),
    '',
    costTable(asked),
    '',
    fastPaths(asked),
  ].join('\n');
}

function save(folder, asked) {
  mkdirSync(folder, { recursive: true });
  for (const { title, probe, cost } of asked) {
    writeFileSync(join(folder, `${title}.probe.json`), JSON.stringify(probe, null, 1));
    writeFileSync(join(folder, `${title}.cost.json`), JSON.stringify(cost, null, 1));
  }
}
