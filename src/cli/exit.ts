// Exit statuses: what a script can learn from port20 without reading its output.
import { CommanderError } from 'commander';
import { InvalidRunError, Port20Error, PreflightError, UsageError } from '../errors.ts';
import { inOneLine } from '../quoted.ts';

export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  preflight: 3,
  invalidRun: 4,
  worse: 10,
  inconclusive: 11,
  threshold: 99,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export function exitStatusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof PreflightError) return EXIT.preflight;
  if (error instanceof InvalidRunError) return EXIT.invalidRun;
  return EXIT.unexpected;
}

/** One line for what we foresaw; the whole stack for what we did not, since that is a fault of ours. */
export function messageOf(error: unknown): string {
  if (error instanceof Port20Error) return `port20: ${inOneLine(error.message)}`;
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `port20: unexpected error, please report it:\n${detail}`;
}
