// Ctrl-C, SIGTERM and a lost terminal: the first asks for an orderly end, the second stops at once.
import { outliveLostTerminal } from '../lost-terminal.ts';
import { EXIT } from './exit.ts';
import { say } from './output.ts';

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.hungUp } as const;
type Signal = keyof typeof SIGNALS;

export interface Interruptible<T> {
  /** Undefined when the signal ended the work before there was one. */
  readonly result: T | undefined;
  /** The exit status that tells the signal, when there was one. */
  readonly interruptedBy: number | undefined;
}

/** What ends in order takes the signals, and nothing else may die of them: what removes folders runs on `exit`. */
let orderly: ((signal: Signal) => void) | undefined;

const ALL = Object.keys(SIGNALS) as Signal[];
const heard = new Set<Signal>();

/**
 * Before anything is made that the end of the process has to remove: a signal that nobody waits for runs what is to be
 * done on `exit`. Not for commands that only reckon: no signal is heard until they are through.
 */
export function obeySignals(names: readonly Signal[] = ALL): void {
  for (const signal of names.filter((name) => !heard.has(name))) {
    heard.add(signal);
    process.on(signal, () => (orderly === undefined ? exitBy(signal) : orderly(signal)));
  }
}

function exitBy(signal: Signal): never {
  outliveLostTerminal();
  process.exit(SIGNALS[signal]);
}

/**
 * Runs `work` with a signal that aborts on the first Ctrl-C; on the second, `stopNow` runs and the process exits.
 * @param hint what the first one is answered with, which depends on what is being done
 * @param work its second signal aborts on the second Ctrl-C
 * @param names of the signals that ask for the end
 */
export async function untilInterrupted<T>(
  hint: () => string,
  stopNow: () => Promise<void>,
  work: (signal: AbortSignal, stopping: AbortSignal) => Promise<T>,
  names: readonly Signal[] = ALL,
): Promise<Interruptible<T>> {
  obeySignals(names);
  const abort = new AbortController();
  let first: Signal | undefined;
  const stopping = new AbortController();
  orderly = (signal) => {
    if (first === undefined) {
      first = signal;
      say(`port20: ${signal}: ${hint()}`);
      abort.abort();
      return;
    }
    // The kernel and the shell each tell of a lost terminal: nobody has asked twice.
    if (signal === 'SIGHUP') return;
    stopping.abort();
    void stopNow().finally(() => exitBy(signal));
  };
  const statusOf = () => (first === undefined ? undefined : SIGNALS[first]);
  try {
    const result = await work(abort.signal, stopping.signal);
    return { result, interruptedBy: statusOf() };
  } catch (error) {
    if (!abort.signal.aborted || error !== abort.signal.reason) throw error;
    return { result: undefined, interruptedBy: statusOf() };
  } finally {
    await unlessStopping(stopping.signal);
    orderly = undefined;
  }
}

/** What the work makes of processes that were ended under it is told to nobody: the exit is near. */
export async function unlessStopping(stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) await new Promise<never>(() => {});
}
