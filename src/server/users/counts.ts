// How many there are of each of some names: none is kept of which there is none, and each is taken back once.

export class Counts {
  readonly #counts = new Map<string, number>();

  /** @param most of this name. @returns how to take it back, which may be called again; undefined when there are as many as may be */
  add(name: string, most = Number.POSITIVE_INFINITY): (() => void) | undefined {
    const before = this.#counts.get(name) ?? 0;
    if (before >= most) return undefined;
    this.#counts.set(name, before + 1);
    let counted = true;
    return () => {
      if (counted) this.#remove(name);
      counted = false;
    };
  }

  #remove(name: string): void {
    const left = (this.#counts.get(name) ?? 0) - 1;
    if (left > 0) this.#counts.set(name, left);
    else this.#counts.delete(name);
  }
}
