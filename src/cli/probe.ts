// `port20 probe`: questions to this kernel, to this host or to a server, and the answers.
import type { Command } from 'commander';
import { formatEndpoint } from '../address.ts';
import { UsageError } from '../errors.ts';
import { probeCost } from '../probe/cost/measure.ts';
import { diagnose } from '../probe/doctor/diagnose.ts';
import { probeKernel } from '../probe/kernel/probe.ts';
import { fingerprintServer } from '../probe/server/fingerprint.ts';
import type { DoctorReport } from '../probe/types.ts';
import { formatCost, formatCostMarkdown } from '../report/probe/cost.ts';
import { formatDoctor, formatDoctorMarkdown } from '../report/probe/doctor.ts';
import { formatFingerprint, formatFingerprintMarkdown } from '../report/probe/fingerprint.ts';
import { formatKernelReport } from '../report/probe/kernel.ts';
import { formatKernelReportMarkdown } from '../report/probe/kernel-markdown.ts';
import type { TextOptions } from '../report/text/options.ts';
import { EXIT } from './exit.ts';
import { untilInterrupted } from './interrupt.ts';
import { print, say, textOptions } from './output.ts';
import type { ProbeFlags } from './probe-flags.ts';
import { readTarget } from './target.ts';

/** A report in each form that can be asked for. */
interface Answer {
  readonly report: object;
  text(options: TextOptions): string;
  markdown(): string;
  readonly status: number;
}

/** @returns 3 when the doctor found what keeps a server from working, otherwise 0 */
export async function probe(command: Command): Promise<number> {
  const flags: ProbeFlags = command.optsWithGlobals();
  const ask = question(command.args[0], flags);
  const { result: answer, interruptedBy } = await untilInterrupted(
    () => 'stopping',
    async () => {},
    ask,
  );
  if (answer === undefined) return interruptedBy ?? EXIT.unexpected;
  await print(render(answer, flags));
  return interruptedBy ?? answer.status;
}

function question(target: string | undefined, flags: ProbeFlags): (signal: AbortSignal) => Promise<Answer> {
  const asked = [
    target !== undefined && 'a server',
    flags.cost && '--cost',
    flags.doctor && '--doctor',
  ].filter(Boolean);
  if (asked.length > 1) throw new UsageError(`one question at a time: ${asked.join(' or ')}`);
  if (target !== undefined) return (signal) => askServer(target, flags, signal);
  if (flags.cost) return (signal) => askCost(flags, signal);
  return flags.doctor ? async () => askDoctor(flags) : (signal) => askKernel(flags, signal);
}

async function askKernel(flags: ProbeFlags, signal: AbortSignal): Promise<Answer> {
  const report = await probeKernel({ signal, onProgress: hints(flags) });
  const text = (options: TextOptions) => formatKernelReport(report, options);
  return { report, text, markdown: () => formatKernelReportMarkdown(report), status: EXIT.ok };
}

async function askCost(flags: ProbeFlags, signal: AbortSignal): Promise<Answer> {
  const hint = hints(flags);
  const report = await probeCost({
    signal,
    patienceMs: flags.patience,
    onProgress: ({ index, total, options, state }) =>
      hint(`series ${index} of ${total}: ${options}, ${state}`),
  });
  const text = (options: TextOptions) => formatCost(report, options);
  return { report, text, markdown: () => formatCostMarkdown(report), status: EXIT.ok };
}

/** @throws UsageError for several addresses, which a server may have */
function askDoctor({ listen, dataPort, sessions }: ProbeFlags): Answer {
  const [server, ...others] = listen;
  if (server === undefined || others.length > 0) {
    throw new UsageError(
      `--doctor looks at one address of a server, not at ${listen.map(formatEndpoint).join(' and ')}: name one with --listen`,
    );
  }
  const report = diagnose({
    host: server.address,
    controlPort: server.port,
    ...(dataPort !== undefined && { dataPort }),
    ...(sessions !== undefined && { sessions }),
  });
  const text = (options: TextOptions) => formatDoctor(report, options);
  return { report, text, markdown: () => formatDoctorMarkdown(report), status: doctorStatus(report) };
}

function doctorStatus({ checks }: DoctorReport): number {
  return checks.some(({ status }) => status === 'failure') ? EXIT.preflight : EXIT.ok;
}

async function askServer(text: string, flags: ProbeFlags, signal: AbortSignal): Promise<Answer> {
  const { path, ...target } = await readTarget(text, flags.iOwnThisServer === true);
  const report = await fingerprintServer(
    { ...target, ...(path !== undefined && { path }) },
    { signal, patienceMs: flags.patience, onProgress: hints(flags) },
  );
  const sheet = (options: TextOptions) => formatFingerprint(report, options);
  return { report, text: sheet, markdown: () => formatFingerprintMarkdown(report), status: EXIT.ok };
}

/** What is being done, on standard error, for people who watch. */
function hints({ quiet }: ProbeFlags): (what: string) => void {
  return quiet || !process.stderr.isTTY ? () => {} : (what) => say(what);
}

function render(answer: Answer, flags: ProbeFlags): string {
  const format = flags.json ? 'json' : flags.format;
  switch (format) {
    case 'text':
      return answer.text(textOptions(flags));
    case 'md':
      return answer.markdown();
    case 'json':
      return JSON.stringify(answer.report, null, 1);
    default:
      return format satisfies never;
  }
}
