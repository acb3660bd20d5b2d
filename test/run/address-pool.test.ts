// The address pool: nothing is given out twice, and a port that is taken at every address is avoided.
import { expect, it } from '@jest/globals';
import type { TableRow } from '../../src/net/table-row.ts';
import { createAddressPool } from '../../src/run/address-pool.ts';

it('gives every address out once', () => {
  const pool = createAddressPool();
  const addresses = Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0 ? pool.server().address : pool.client(),
  );
  expect(new Set(addresses).size).toBe(200);
  for (const address of addresses) expect(address).toMatch(/^127\.\d+\.\d+\.\d+$/);
});

it.each([
  ['nobody', [], 2121],
  ['somebody at one address', [['127.0.0.1', 2121]], 2121],
  ['a wildcard on the control port', [['0.0.0.0', 2121]], 2123],
  ['a wildcard on the data port', [['::', 2120]], 2123],
  [
    'wildcards one after the other',
    [
      ['0.0.0.0', 2121],
      ['0.0.0.0', 2122],
    ],
    2125,
  ],
] as const)('the control port beside %s', (_, taken, port) => {
  const rows = taken.map(([address, port]): TableRow => {
    const local = { address, port };
    return { local, remote: { address: '0.0.0.0', port: 0 }, state: 'LISTEN', uid: 0, inode: 1 };
  });
  expect(createAddressPool(rows).server().port).toBe(port);
});
