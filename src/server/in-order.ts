// One piece of work at a time, in the order in which it was asked for.

/** Runs `work` behind all that was asked for before, whatever became of that; settles as it does. */
export type InOrder = <T>(work: () => Promise<T>) => Promise<T>;

export function inOrder(): InOrder {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}
