// Where text goes: results to stdout, progress and errors to stderr.
import { errorCodeOf, PreflightError } from '../errors.ts';
import { PIPED_COLUMNS, type TextOptions } from '../report/text/options.ts';

export interface OutputFlags {
  readonly color?: boolean;
  readonly quiet?: boolean;
}

/** NO_COLOR (no-color.org) and --no-color win; otherwise colour is for terminals. */
function wantsColor({ color }: OutputFlags, stream: NodeJS.WriteStream): boolean {
  return color !== false && !process.env.NO_COLOR && stream.isTTY === true;
}

export const USUAL_COLUMNS = 80;

/** How text is laid out for standard output: in its colours, its width and its characters. Elsewhere than on a terminal COLUMNS may say a width. */
export function textOptions(flags: OutputFlags, stream: NodeJS.WriteStream = process.stdout): TextOptions {
  const said = Number(process.env.COLUMNS);
  // A terminal that does not know its own width says 0.
  const own = stream.isTTY ? stream.columns || USUAL_COLUMNS : undefined;
  const columns = own ?? (Number.isSafeInteger(said) && said > 0 ? said : PIPED_COLUMNS);
  return { colour: wantsColor(flags, stream), unicode: wantsUnicode(), columns };
}

/** Whether the locale shows more than ASCII: the first of these that is set decides (locale(7)). */
function wantsUnicode({ LC_ALL, LC_CTYPE, LANG } = process.env): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
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
