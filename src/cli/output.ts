// Where text goes: results to stdout, progress and errors to stderr.
import { errorCodeOf, PreflightError } from '../errors.ts';

export interface OutputFlags {
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** NO_COLOR (no-color.org) and --no-color win; otherwise colour is for terminals. */
export function wantsColor({ color }: OutputFlags, stream: NodeJS.WriteStream = process.stdout): boolean {
  return color !== false && !process.env.NO_COLOR && stream.isTTY === true;
}

/** Streams report a failed write by an event too, which ends the process with a stack trace if nobody listens. */
export function surviveClosedStreams(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/**
 * Resolves once the text is handed to the system: a pipe that is read slowly loses nothing when we exit.
 * @throws PreflightError where it cannot be written, and nobody has seen it
 */
export function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, (error) => {
      // EPIPE: the reader had enough (`| head`), which is no error of ours.
      if (!error || errorCodeOf(error) === 'EPIPE') resolve();
      else
        reject(
          new PreflightError(`cannot write to standard output: ${errorCodeOf(error)}`, { cause: error }),
        );
    });
  });
}

/** What stands at the end of a terminal without a line's end, as progress does, goes before anything is said there. */
let takeAway: (() => void) | undefined;

export function standsUnended(remove: (() => void) | undefined): void {
  takeAway = remove;
}

export function say(text: string): void {
  takeAway?.();
  process.stderr.write(`${text}\n`);
}
