// Failure keys (`bind.EADDRINUSE`, `reply.550`, see result/outcome.ts) as words, and in the order of their counts.

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
  return key.replace('.', ' ');
}

/** For a sentence: `at bind with EADDRINUSE`, `with reply 550`, `by running out of time for the reply`. */
export function failureInWords(key: string): string {
  const [kind = '', detail = ''] = key.split('.');
  switch (kind) {
    case 'corrupted':
      return 'with other bytes than those of the file';
    case 'reply':
      return `with reply ${detail}`;
    case 'timeout':
      return `by timeout (${detail})`;
    case 'control':
      return `on the control connection with ${detail}`;
    default:
      return detail === '' ? `with ${kind}` : `at ${kind} with ${detail}`;
  }
}
