// Failure keys (`bind.EADDRINUSE`, `reply.550`, see result/outcome.ts) as words, and in the order of their counts.
import { failureOf } from '../../result/outcome.ts';

export interface FailureCount {
  readonly key: string;
  readonly count: number;
}

/** Most frequent first, then by name. */
export function sortedFailures(failures: Readonly<Record<string, number>>): FailureCount[] {
  return Object.entries(failures)
    .map(([key, count]) => ({ key, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** For a table: `bind EADDRINUSE`, `reply 550`, `timeout connect`, `corrupted`. */
export function failureLabel(key: string): string {
  const failure = failureOf(key);
  switch (failure.kind) {
    case 'socket-error':
      return `${failure.phase} ${failure.code}`;
    case 'ftp-reply':
      return `reply ${failure.replyCode}`;
    case 'timed-out':
      return `timeout ${failure.phase}`;
    case 'wrong-source':
      return 'connect wrong-source';
    case 'truncated':
    case 'corrupted':
      return failure.kind;
    case 'other':
      return failure.key;
    default:
      return failure satisfies never;
  }
}

/** For a sentence: `at bind with EADDRINUSE`, `with reply 550`, `by running out of time for the reply`. */
export function failureInWords(key: string): string {
  const failure = failureOf(key);
  switch (failure.kind) {
    case 'socket-error':
      return failure.phase === 'control'
        ? `on the control connection with ${failure.code}`
        : `at ${failure.phase} with ${failure.code}`;
    case 'ftp-reply':
      return `with reply ${failure.replyCode}`;
    case 'timed-out':
      return `by timeout (${failure.phase})`;
    case 'wrong-source':
      return 'at connect with wrong-source';
    case 'truncated':
      return 'with truncated';
    case 'corrupted':
      return 'with other bytes than those of the file';
    case 'other':
      return `with ${failure.key}`;
    default:
      return failure satisfies never;
  }
}
