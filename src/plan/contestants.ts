// The contestants of a plan: what stands in one row of the table, and under which name.

import { longestWaitMs, waitsOf } from '../binder/retry.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import type { BinderName, RetrySetting, WaitRange } from '../binder/types.ts';
import { UsageError } from '../errors.ts';
import { printable, quoted } from '../quoted.ts';
import type { Contestant, Plan } from './types.ts';

/** In the order of the table: binders, peers, targets. What is named twice is a contestant twice: `legacy-bsd#2`. */
export function contestantsOf(plan: Pick<Plan, 'binders' | 'peers' | 'targets'>): Contestant[] {
  const named = new Map<string, number>();
  const nameOf = (name: string): string => {
    const times = (named.get(name) ?? 0) + 1;
    named.set(name, times);
    return times === 1 ? name : `${name}#${times}`;
  };
  return [
    ...plan.binders.map((binder) => ({ kind: 'binder', name: nameOf(binder), binder }) as const),
    ...plan.peers.map((peer) => ({ kind: 'peer', name: nameOf(peer), peer }) as const),
    ...plan.targets.map((url) => ({ kind: 'target', name: nameOf(new URL(url).host), url }) as const),
  ];
}

/** Null for what is none of ours. */
export function binderOf(contestant: Contestant): BinderName | null {
  return contestant.kind === 'binder' ? contestant.binder : null;
}

/** The schedule that `binder` follows under this plan. */
export function retryOf(plan: Pick<Plan, 'retry'>, binder: BinderName): RetrySetting {
  return plan.retry === 'default' ? STRATEGIES[binder].defaultRetry : plan.retry;
}

/** The waits of a contestant's own loop; of another server they are not known. */
export function waitsOfContestant(plan: Plan, contestant: Contestant): readonly WaitRange[] {
  return contestant.kind === 'binder' ? waitsOf(retryOf(plan, contestant.binder), plan.timeUnitMs) : [];
}

/** What a daemon's own schedule may take: 4.4BSD's is the longest known, 55 seconds. */
const FOREIGN_SCHEDULE_MS = 60_000;

/** How long a client must be ready to wait for the contestant's loop, beyond the plan's timeout. */
export function longestScheduleMs(plan: Plan, contestant: Contestant): number {
  return contestant.kind === 'binder'
    ? longestWaitMs(waitsOfContestant(plan, contestant))
    : FOREIGN_SCHEDULE_MS;
}

/** A target as plans keep it. @throws UsageError for what is no FTP URL, or has a password in it */
export function readTargetUrl(text: string): string {
  const { url } = readFtpUrl(text);
  // Plans and results are passed on, and a process's arguments are public.
  if (url.password !== '') {
    throw new UsageError(
      `target ${url.host}: a password does not belong into a URL: use PORT20_PASSWORD or --password-file`,
    );
  }
  return url.href;
}

export interface FtpUrl {
  readonly url: URL;
  /** Decoded; empty where it says none. */
  readonly user: string;
  readonly password: string;
  /** Decoded, without the slash in front. */
  readonly path: string;
}

/** @throws UsageError for what is no FTP URL, or could not be said in FTP's lines */
export function readFtpUrl(text: string): FtpUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // What cannot be read may hold a password all the same.
  const shown = quoted(text.replace(/^(\w+:\/\/)?.*@/s, '$1…@'));
  if (url?.protocol !== 'ftp:' || url.hostname === '' || url.port === '0') {
    throw new UsageError(
      `${shown} is not a server such as ftp://127.0.0.1:2121/file or ftp://user@host/file`,
    );
  }
  const decoded = (part: string): string => {
    try {
      // RFC 959 4.1.1: an argument of a command has no line's end in it.
      const plain = decodeURIComponent(part);
      if (plain === printable(plain)) return plain;
    } catch {
      throw new UsageError(
        `${shown}: behind each % two hex digits, of UTF-8, are needed: %25 is the sign itself`,
      );
    }
    throw new UsageError(`${shown} has a control character in it, which no command of FTP may have`);
  };
  const [user, password] = [decoded(url.username), decoded(url.password)];
  return { url, user, password, path: decoded(url.pathname).replace(/^\//, '') };
}
