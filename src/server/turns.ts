// One thread serves every session: work that takes long is done in slices, and all of it together leaves turns to others.

/** What slices may take of one turn of the event loop, all together. */
const TURN_MS = 2;

/** A slice should end within this; what it has begun it may finish. */
export const SLICE_MS = 1;

let waiting: (() => void)[] = [];

/** Runs `slice` in one of the next turns, behind the slices that were asked for before. Rejects with what it throws. */
export function inTurn<T>(slice: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push(() => {
      try {
        resolve(slice());
      } catch (error) {
        reject(error);
      }
    });
    if (waiting.length === 1) setImmediate(runSome);
  });
}

/** Between two immediates the event loop reads sockets: that is when other sessions get their replies. */
function runSome(): void {
  const endMs = performance.now() + TURN_MS;
  let done = 0;
  do waiting[done++]?.();
  while (done < waiting.length && performance.now() < endMs);
  waiting = waiting.slice(done);
  if (waiting.length > 0) setImmediate(runSome);
}
