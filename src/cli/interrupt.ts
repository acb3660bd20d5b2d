// Ctrl-C and SIGTERM: the first asks for an orderly end, the second stops at once.
import { EXIT } from './exit.ts';
import { say } from './output.ts';

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;
type Signal = keyof typeof SIGNALS;

export interface Interruptible<T> {
  /** Undefined when the signal ended the work before there was one. */
  readonly result: T | undefined;
  /** The exit status that tells the signal, when there was one. */
  readonly interruptedBy: number | undefined;
}

/** Runs `work` with a signal that aborts on the first Ctrl-C; on the second, `stopNow` runs and the process exits. */
export async function untilInterrupted<T>(
  hint: string,
  stopNow: () => Promise<void>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Interruptible<T>> {
  const abort = new AbortController();
  let interruptedBy: number | undefined;
  let stopping = false;
  const onSignal = (signal: Signal) => {
    if (interruptedBy !== undefined) {
      stopping = true;
      void stopNow().finally(() => process.exit(SIGNALS[signal]));
      return;
    }
    interruptedBy = SIGNALS[signal];
    say(`port20: ${signal}: ${hint}`);
    abort.abort();
  };
  const names = Object.keys(SIGNALS) as Signal[];
  for (const name of names) process.on(name, onSignal);
  try {
    const result = await work(abort.signal);
    return { result, interruptedBy };
  } catch (error) {
    if (!abort.signal.aborted || error !== abort.signal.reason) throw error;
    return { result: undefined, interruptedBy };
  } finally {
    // What the work makes of processes that were ended under it is told to nobody: the exit is near.
    if (stopping) await new Promise<never>(() => {});
    for (const name of names) process.off(name, onSignal);
  }
}
