// A terminal that is gone when a process ends which was started on it.
import { constants } from 'node:os';
import { isatty } from 'node:tty';

/** Of standard input, output and error, those that lead to a terminal as the process starts. */
const TERMINALS = [0, 1, 2].filter((descriptor) => isatty(descriptor));
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/**
 * At its end Node sets its terminal back to what it was, and aborts where that is gone (SIGABRT, status 134, a core). So
 * the process ends before that, by the signal which its exit status tells, or by that of a lost terminal. To be called
 * last: what else is to be done on `exit` comes before it.
 */
export function outliveLostTerminal(): void {
  process.on('exit', (status) => {
    if (TERMINALS.every((descriptor) => isatty(descriptor))) return;
    const signal = SIGNALS.find((name) => status === 128 + constants.signals[name]) ?? 'SIGHUP';
    process.removeAllListeners(signal); // so that it does what it does to any process
    process.kill(process.pid, signal);
  });
}
