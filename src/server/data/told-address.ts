// The address that PASV tells its client behind NAT: a number, or a name that is looked up, again and again.
import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { errorCodeOf, PreflightError, UsageError } from '../../errors.ts';

/** Dynamic DNS has records of a minute or more. */
const GOOD_FOR_MS = 60_000;

/** RFC 1123 §2.1, in letters: a last label of digits would be half an address. */
const NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?\.?$/i;

/** @throws UsageError */
export function checkToldAddress(told: string | undefined): void {
  if (told === undefined || (isIPv4(told) && told !== '0.0.0.0') || NAME.test(told)) return;
  throw new UsageError(
    `passive address must be an IPv4 address such as 192.0.2.1, or a name that has one, not '${told}': EPSV, for IPv6, tells none`,
  );
}

/** @throws PreflightError for a name that has none now */
export async function requireToldAddress(told: string | undefined): Promise<void> {
  if (told === undefined || isIPv4(told)) return;
  await addressOf(told).catch((cause: unknown) => {
    throw new PreflightError(`passive address '${told}' has no IPv4 address: ${errorCodeOf(cause)}`, {
      cause,
    });
  });
}

async function addressOf(name: string): Promise<string> {
  return (await lookup(name, 4)).address;
}

export class ToldAddress {
  readonly #told: string | undefined;
  readonly #nowMs: () => number;
  #known: { readonly address: string; readonly atMs: number } | undefined;
  #asking: Promise<string> | undefined;

  /** @param told an IPv4 address, a name, or nothing */
  constructor(told: string | undefined, nowMs: () => number) {
    this.#told = told;
    this.#nowMs = nowMs;
  }

  /**
   * Undefined where the control connection's own is told. Of a name, the last that was found: nobody waits for DNS but who
   * comes before the first answer. @throws an error with `code` when there was none yet
   */
  async address(): Promise<string | undefined> {
    if (this.#told === undefined || isIPv4(this.#told)) return this.#told;
    const known = this.#known;
    if (known === undefined) return this.#ask(this.#told);
    if (this.#nowMs() - known.atMs >= GOOD_FOR_MS) this.#ask(this.#told).catch(() => {}); // the last one is told on
    return known.address;
  }

  #ask(name: string): Promise<string> {
    this.#asking ??= addressOf(name)
      .then((address) => {
        this.#known = { address, atMs: this.#nowMs() };
        return address;
      })
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }
}
