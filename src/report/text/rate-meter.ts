// How fast a count has grown of late: its growth within a window, so that a pause or a new block shows soon.

/** Over less than this a rate is mostly chance. */
const LEAST_MS = 1000;

export interface RateMeter {
  /** Takes the count at that moment and gives the growth a second; null before enough time has passed. */
  perSecond(nowMs: number, count: number): number | null;
}

export function createRateMeter(windowMs: number): RateMeter {
  let seen: { readonly atMs: number; readonly count: number }[] = [];
  return {
    perSecond(nowMs, count) {
      seen = [...seen.filter(({ atMs }) => nowMs - atMs <= windowMs), { atMs: nowMs, count }];
      const [oldest] = seen;
      if (oldest === undefined || nowMs - oldest.atMs < LEAST_MS) return null;
      // A block that has ended counts without its warm-up: the sum may fall, the rate is then unknown, not negative.
      return count < oldest.count ? null : ((count - oldest.count) / (nowMs - oldest.atMs)) * 1000;
    },
  };
}
