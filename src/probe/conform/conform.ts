// Puts the cases to a server, one after another, and says of each what came.
import { isIPv4 } from 'node:net';
import { isLoopback } from '../../address.ts';
import { systemClock } from '../../clock.ts';
import { Port20Error, UsageError } from '../../errors.ts';
import { didYouMean } from '../../near-miss.ts';
import { quoted } from '../../quoted.ts';
import { inScope } from '../server/scope.ts';
import type { ServerTarget } from '../server/session.ts';
import type { CaseResult, ConformReport } from '../types.ts';
import { type ConformCase, type Need, type Seen, worst } from './case.ts';
import { THEMES } from './cases/index.ts';
import { makePlace, type Place, removePlace } from './place.ts';
import { type Patience, Talk } from './talk.ts';

export interface ConformOptions {
  /** Ends the run at once; the promise rejects with its reason when the folder is removed. */
  readonly signal?: AbortSignal;
  /** Ids of cases, or how they begin: `framing`, `data-port-default`. All of them unless set. */
  readonly only?: readonly string[];
  /** Run the hostile ones, too. */
  readonly abuse?: boolean;
  /** What the server is called, where it has a name. */
  readonly name?: string;
  readonly patience?: Partial<Patience>;
  /** Told of each case before it is run; null: the folder is removed. */
  readonly onProgress?: (id: string | null, index: number, total: number) => void;
}

const PATIENCE: Patience = { stepMs: 5000, settleMs: 300, unansweredMs: 15_000 };

/** A case without what came of it. */
export type ListedCase = Pick<CaseResult, 'id' | 'theme' | 'title' | 'clause' | 'sends' | 'expects'>;

/** @throws UsageError for a name that no case has */
export function listCases(only?: readonly string[]): ListedCase[] {
  return chosen(only).map(({ theme, one }) => listed(theme, one));
}

/**
 * Makes a folder on the server, works in it, and removes it. Each reply is waited for 5 seconds, a server's connection to
 * where nobody answers 15, and a case ends with the first thing that breaks: seconds for a server that answers, ten for
 * each case that one has no answer to.
 * @throws PreflightError where the server cannot be reached or refuses the login; UsageError for a name of no case
 */
export async function conform(target: ServerTarget, options: ConformOptions = {}): Promise<ConformReport> {
  const { signal, only, abuse = false, name = null, onProgress } = options;
  const patience = { ...PATIENCE, ...options.patience };
  const cases = chosen(only);
  const place = await makePlace(target, signal);
  const results: CaseResult[] = [];
  let notes: string[] = [];
  try {
    for (const [index, { theme, one }] of cases.entries()) {
      onProgress?.(one.id, index + 1, cases.length);
      const startedAtMs = systemClock.nowMs();
      const missing = missingFor(one, target, place, abuse);
      const outcome =
        missing === undefined
          ? await outcomeOf(one, target, place, { signal, patience })
          : ({ verdict: 'not-run', seen: missing } as const);
      const durationMs = Math.round(systemClock.nowMs() - startedAtMs);
      results.push({ ...listed(theme, one), ...outcome, durationMs });
    }
  } finally {
    onProgress?.(null, cases.length, cases.length);
    notes = await removePlace(target, place);
  }
  return { formatVersion: 1, name, server: target.server, cases: results, notes };
}

interface Chosen {
  readonly theme: string;
  readonly one: ConformCase;
}

function chosen(only: readonly string[] = []): Chosen[] {
  const all = Object.entries(THEMES).flatMap(([theme, cases]) => cases.map((one) => ({ theme, one })));
  for (const wanted of only) {
    if (all.some(({ theme, one }) => isNamed(wanted, theme, one))) continue;
    const known = [...Object.keys(THEMES), ...all.map(({ one }) => one.id)];
    throw new UsageError(
      `no case is called ${quoted(wanted)}${didYouMean(wanted, known)}: --list has them all`,
    );
  }
  if (only.length === 0) return all;
  return all.filter(({ theme, one }) => only.some((wanted) => isNamed(wanted, theme, one)));
}

function isNamed(wanted: string, theme: string, { id }: ConformCase): boolean {
  return wanted === theme || wanted === id || id.startsWith(`${wanted}-`);
}

function listed(theme: string, { id, title, clause, steps }: ConformCase): ListedCase {
  const said = (key: 'sends' | 'expects') => steps.map((step) => step[key]).filter((text) => text !== '');
  return { id, theme, title, clause, sends: said('sends'), expects: said('expects') };
}

/** Undefined where there is all that the case needs. */
function missingFor(
  { needs = [] }: ConformCase,
  { server }: ServerTarget,
  place: Place,
  abuse: boolean,
): string | undefined {
  const reasons: Readonly<Record<Need, string | false>> = {
    folder: place.folder === undefined && `nothing can be uploaded: ${place.why}`,
    file: place.file === undefined && `there is no file to fetch: ${place.why}`,
    loopback: !isLoopback(server.address) && 'for a server on this machine',
    ipv4: !isIPv4(server.address) && 'for IPv4',
    abuse: !abuse && 'hostile: --abuse runs it',
  };
  return needs.map((need) => reasons[need]).find((reason) => reason !== false) || undefined;
}

async function outcomeOf(
  one: ConformCase,
  target: ServerTarget,
  place: Place,
  { signal, patience }: { signal: AbortSignal | undefined; patience: Patience },
): Promise<Seen> {
  try {
    return await inScope(signal, async (scope) => {
      const talk = new Talk(target, place, scope, patience);
      if (one.login !== 'no') await talk.open();
      return taken(one, talk);
    });
  } catch (error) {
    // Such as a server that takes no more sessions; a fault of ours has a class of its own, and is not hidden.
    if (!(error instanceof Port20Error)) throw error;
    return { verdict: 'not-run', seen: error.message };
  }
}

/** Step by step, up to the first that breaks, or that cannot be taken. */
async function taken({ steps }: ConformCase, talk: Talk): Promise<Seen> {
  const all: Seen[] = [];
  for (const step of steps) {
    const seen = await step.run(talk);
    all.push(seen);
    if (seen.verdict === 'breaks' || seen.verdict === 'not-run' || seen.last === true) break;
  }
  const verdict = worst(all.map((one) => one.verdict));
  return { verdict, seen: transcript(all) };
}

function transcript(all: readonly Seen[]): string {
  const texts = all.map(({ seen }) => seen).filter((text) => text !== '');
  // `LIST` and `→ 150` of two steps are one line of the dialogue.
  const whole = texts.join('; ').replaceAll('; →', ' →');
  return whole.replace(REPEATED, (run: string, one: string) => `${one} (${run.length / one.length} times)`);
}

const REPEATED = /( → \d{3})\1{2,}/g;
