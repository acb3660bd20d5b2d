// A seeded generator of random numbers: the same seed gives the same block order and the same bootstrap anywhere.

/** Not for secrets. Each call advances the generator. */
export interface Random {
  /** 0 ≤ u < 1, in steps of 2^-32. */
  uniform(): number;
  /** A whole number 0 … n-1, each equally likely. @throws RangeError unless n is a whole number 1 … 2^32 */
  integer(n: number): number;
  /** A new array with the items in random order (Fisher and Yates). */
  shuffle<Item>(items: readonly Item[]): Item[];
}

const TWO_TO_32 = 2 ** 32;
// Held by name: where globals are intercepted, as in Jest's sandbox, looking them up takes longer than the draw.
const { imul } = Math;
const { isInteger } = Number;

export type Xoshiro128State = readonly [number, number, number, number];

/** @throws RangeError unless the seed is a safe integer */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`not a seed: ${seed} is not a whole number`);
  return randomFrom(xoshiro128(seedState(seed)));
}

/**
 * xoshiro128** 1.1 of Blackman and Vigna (prng.di.unimi.it, public domain): the next 32 bits with each call.
 * The state must not be all zero.
 */
export function xoshiro128(state: Xoshiro128State): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = imul(rotateLeft(imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

function randomFrom(next: () => number): Random {
  const integer = (n: number): number => {
    if (!isInteger(n) || n < 1 || n > TWO_TO_32) throw new RangeError(`no whole numbers below ${n}`);
    // The last, incomplete run of n would make small numbers likelier: draw again.
    const limit = TWO_TO_32 - (TWO_TO_32 % n);
    let bits = next();
    while (bits >= limit) bits = next();
    return bits % n;
  };
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = integer(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other] as Item, shuffled[last] as Item];
    }
    return shuffled;
  };
  return { uniform: () => next() / TWO_TO_32, integer, shuffle };
}

/** Spreads a seed over the state with SplitMix32 (MurmurHash3's finalizer), as the authors advise for small seeds. */
function seedState(seed: number): Xoshiro128State {
  let counter = seed | 0;
  const mix = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = counter;
    z = imul(z ^ (z >>> 16), 0x85ebca6b);
    z = imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  const low = [mix(), mix()] as const;
  counter ^= Math.floor(seed / TWO_TO_32);
  return [...low, mix(), mix()];
}

function rotateLeft(bits: number, count: number): number {
  return (bits << count) | (bits >>> (32 - count));
}
