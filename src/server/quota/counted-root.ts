// The bytes in one served root: counted by a walk, kept current by what uploads and removals tell, and counted again.
import type { Clock } from '../../clock.ts';
import { openTree } from '../../net/tree/open-tree.ts';
import type { Links } from '../../net/tree/types.ts';
import { TreeWalk } from '../files/tree-walk.ts';
import { inTurn } from '../turns.ts';
import { type GrowingFile, type Growth, NO_QUOTA, type RootUsage } from './ledger.ts';

/** A count may take a tenth of the time before a refusal, which comes as often as clients like; small roots take none. */
const PAUSE_OF_COUNT = 10;

/** What is changed in other ways than by this server is found that late when nobody meets the quota. */
const RECOUNT_MS = 10 * 60_000;

/** What a growth may have in advance: the rest of the quota by this, so that nobody is refused for it who would fit. */
const SHARE_AHEAD = 1 / 64;
/** Below this it is not worth it: near the limit every byte counts. */
const LEAST_AHEAD_BYTES = 16 * 1024;

export interface CountedPlace {
  readonly root: string;
  readonly links: Links;
  readonly clock: Clock;
  /** Ends counts; who waits for the first one is refused. */
  readonly signal: AbortSignal;
}

export interface CountedGrowth extends Growth {
  /** In place of `end`, by nobody who knows what became of it: all that it was granted counts until the next count. */
  abandon(): void;
}

/** An upload that is under way, or that was when a count began. */
interface Grown extends GrowingFile {
  bytes: number;
}

/** What happens while a walk is under way, of which it may or may not see the traces. */
interface Meanwhile {
  /** Files that grow: the walk leaves them out, and what they have is added. */
  readonly apart: Set<number>;
  readonly ended: Grown[];
}

export class CountedRoot implements RootUsage {
  readonly #place: CountedPlace;
  /** What was counted, and everything that uploads were allowed to write since. */
  #usedBytes = 0;
  readonly #growing = new Set<Grown>();
  #meanwhile: Meanwhile | undefined;
  #counting: Promise<void> | undefined;
  #countedAtMs: number | undefined;
  #countTookMs = 0;
  /** Beginnings and ends of walks. */
  #walks = 0;

  constructor(place: CountedPlace) {
    this.#place = place;
  }

  /** Counts in the background, if the last count is long ago. */
  watch(): void {
    const { clock } = this.#place;
    if (this.#countedAtMs === undefined || clock.nowMs() - this.#countedAtMs >= RECOUNT_MS)
      void this.#count();
  }

  /** @param mostAheadBytes what `ask` may give more than is needed, for whom asking is dear */
  begin({ inode, sizeBytes }: GrowingFile, mostAheadBytes = 0): CountedGrowth {
    const grown: Grown = { inode, sizeBytes, bytes: 0 };
    this.#growing.add(grown);
    // One that had bytes before may have been counted already.
    if (sizeBytes === 0) this.#meanwhile?.apart.add(inode);
    return {
      ask: (neededBytes, limitBytes) => this.#ask(grown, { neededBytes, limitBytes, mostAheadBytes }),
      end: (keptBytes) => this.#end(grown, keptBytes),
      abandon: () => this.#end(grown, grown.bytes),
    };
  }

  /** Resolves when no count is under way. */
  async idle(): Promise<void> {
    await this.#counting;
  }

  /** What a walk that was under way meanwhile has seen of it cannot be told: then it counts until the next one. */
  freeing(): (bytes: number) => void {
    const walks = this.#walks;
    return (bytes) => {
      if (walks === this.#walks) this.#usedBytes -= bytes;
    };
  }

  async #ask(grown: Grown, asked: Asked): Promise<number | undefined> {
    if (this.#countedAtMs === undefined && asked.limitBytes < NO_QUOTA) await this.#count();
    const granted = this.#grant(grown, asked);
    if (granted !== undefined || !this.#mayCount()) return granted;
    await this.#count(); // what was removed in other ways makes room
    return this.#grant(grown, asked);
  }

  #grant(grown: Grown, { neededBytes, limitBytes, mostAheadBytes }: Asked): number | undefined {
    const restBytes = limitBytes - this.#usedBytes - neededBytes;
    const uncounted = limitBytes < NO_QUOTA && this.#countedAtMs === undefined && this.#place.signal.aborted;
    if (restBytes < 0 || uncounted || !this.#growing.has(grown)) return undefined;
    const aheadBytes = Math.min(mostAheadBytes, Math.floor(restBytes * SHARE_AHEAD));
    const bytes = neededBytes + (aheadBytes < LEAST_AHEAD_BYTES ? 0 : aheadBytes);
    grown.bytes += bytes;
    this.#usedBytes += bytes;
    return bytes;
  }

  #end(grown: Grown, keptBytes: number): void {
    if (!this.#growing.delete(grown)) return;
    this.#usedBytes += keptBytes - grown.bytes;
    grown.bytes = keptBytes;
    this.#meanwhile?.ended.push(grown);
  }

  #mayCount(): boolean {
    if (this.#countedAtMs === undefined) return true;
    return this.#place.clock.nowMs() - this.#countedAtMs >= PAUSE_OF_COUNT * this.#countTookMs;
  }

  /** Never rejects: a root that cannot be read holds what it was thought to. */
  #count(): Promise<void> {
    this.#counting ??= this.#countOnce().finally(() => {
      this.#counting = undefined;
      this.#meanwhile = undefined;
    });
    return this.#counting;
  }

  async #countOnce(): Promise<void> {
    const { clock } = this.#place;
    const startedAtMs = clock.nowMs();
    const meanwhile: Meanwhile = { apart: new Set([...this.#growing].map(({ inode }) => inode)), ended: [] };
    this.#meanwhile = meanwhile;
    this.#walks++;
    const seenBytes = await bytesIn(this.#place, meanwhile.apart);
    this.#walks++;
    if (seenBytes === undefined) return;
    this.#usedBytes = seenBytes + grownBytes([...meanwhile.ended, ...this.#growing], meanwhile.apart);
    this.#countedAtMs = clock.nowMs();
    this.#countTookMs = this.#countedAtMs - startedAtMs;
  }
}

interface Asked {
  readonly neededBytes: number;
  readonly limitBytes: number;
  readonly mostAheadBytes: number;
}

/** Of files that the walk left out all, of the others what they have grown by; two may write one file. */
function grownBytes(all: readonly Grown[], apart: ReadonlySet<number>): number {
  const before = new Map<number, number>();
  let bytes = 0;
  for (const grown of all) {
    bytes += grown.bytes;
    if (!apart.has(grown.inode)) continue;
    before.set(grown.inode, Math.min(grown.sizeBytes, before.get(grown.inode) ?? grown.sizeBytes));
  }
  return [...before.values()].reduce((sum, one) => sum + one, bytes);
}

/** By names: a file that has two counts twice. Undefined where the root cannot be opened, or the signal ended it. */
async function bytesIn(
  { root, links, signal }: CountedPlace,
  apart: ReadonlySet<number>,
): Promise<number | undefined> {
  let bytes = 0;
  try {
    const tree = openTree(root, links);
    const walk = new TreeWalk(tree, ({ name, scan }) => {
      const facts = scan.ownFacts(name);
      if (facts?.type === 'file' && !apart.has(facts.inode)) bytes += facts.sizeBytes;
      return facts?.type === 'directory';
    });
    try {
      for (let more = true; more; ) {
        signal.throwIfAborted();
        more = await inTurn(() => walk.slice());
      }
    } finally {
      walk.close();
      tree.close();
    }
  } catch {
    return undefined;
  }
  return bytes;
}
