// Ctrl-C, SIGTERM and a lost terminal: the first asks for an orderly end, the second stops at once.
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

/**
 * Runs `work` with a signal that aborts on the first Ctrl-C; on the second, `stopNow` runs and the process exits.
 * @param names of the signals that ask for the end
 */
export async function untilInterrupted<T>(
  hint: string,
  stopNow: () => Promise<void>,
  work: (signal: AbortSignal) => Promise<T>,
  names: readonly Signal[] = ['SIGINT', 'SIGTERM'],
): Promise<Interruptible<T>> {
  const abort = new AbortController();
  let interruptedBy: number | undefined;
  let stopping = false;
  const onSignal = (signal: Signal) => {
    if (interruptedBy !== undefined) {
      if (signal === 'SIGHUP') return; // a terminal that goes sends it more than once: the kernel, and the shell
      stopping = true;
      void stopNow().finally(() => process.exit(SIGNALS[signal]));
      return;
    }
    interruptedBy = SIGNALS[signal];
    say(`port20: ${signal}: ${hint}`);
    abort.abort();
  };
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
