// The clients' own addresses of a shard's sessions: those of its machine, or any of 127/8 where the server is on it.
import type { Scenario } from '../../plan/types.ts';
import { createAddressPool } from '../../run/address-pool.ts';

/**
 * As many as the plan's sessions share, dealt out as they are in one process.
 * @param own the machine's addresses for the server; null where any of 127/8 will do
 */
export function sessionAddresses(
  { clientAddresses }: Scenario,
  own: readonly string[] | null,
): (session: number) => string {
  const pool = createAddressPool();
  const known = new Map<number, string>();
  let dealt = 0;
  return (session) => {
    const key = clientAddresses === 'each' ? session : session % clientAddresses;
    const address = known.get(key) ?? (own === null ? pool.client() : (own[dealt++ % own.length] as string));
    known.set(key, address);
    return address;
  };
}
