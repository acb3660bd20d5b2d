// The ledger of logins by a clock that a test holds: who waits how long, who is never kept out, and what is forgotten.
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OwnLedger } from '../../../src/server/users/login-ledger.ts';

let nowMs: number;
let ledger: OwnLedger;

beforeEach(() => {
  nowMs = 1_000_000;
  ledger = new OwnLedger(() => nowMs);
});

function fail(times: number, attempt: { address?: string; username?: string }): void {
  for (let n = 0; n < times; n++) ledger.failed({ address: '10.0.0.1', username: `nobody-${n}`, ...attempt });
}

const waitMs = (address: string, username: string) => ledger.waitMs({ address, username });

describe('an address', () => {
  it('that has failed some times gets its turns one after another, and is turned away when there are too many', async () => {
    fail(9, {});
    expect([await waitMs('10.0.0.1', 'mo'), await waitMs('10.0.0.1', 'mo')]).toEqual([0, 0]);
    fail(1, {});
    const waits = [];
    for (let n = 0; n < 18; n++) waits.push(await waitMs('10.0.0.1', `new-${n}`));
    expect(waits.slice(0, 4)).toEqual([0, 2000, 4000, 6000]);
    expect(waits.slice(14)).toEqual([28_000, 30_000, undefined, undefined]);
    nowMs += 2000;
    expect(await waitMs('10.0.0.1', 'new')).toBe(30_000);
    expect(await waitMs('10.0.0.2', 'mo')).toBe(0); // another is not kept waiting
  });

  it('of IPv6 is its /64, and an IPv4 one is the same however the socket tells it', async () => {
    fail(20, { address: '2001:db8:0:1::1' });
    await waitMs('2001:db8:0:1::2', 'mo');
    expect(await waitMs('2001:db8:0:1:ffff::3', 'jo')).toBe(2000);
    expect(await waitMs('2001:db8:0:2::1', 'mo')).toBe(0);
    fail(20, { address: '::ffff:10.0.0.9' });
    await waitMs('10.0.0.9', 'mo');
    expect(await waitMs('10.0.0.9', 'mo')).toBe(2000);
  });

  it('is free again when its failures are forgotten, one in ten seconds, however many there were', async () => {
    fail(10_000, {});
    nowMs += 31 * 10_000;
    await waitMs('10.0.0.1', 'mo');
    expect(await waitMs('10.0.0.1', 'mo')).toBe(0);
  });
});

describe('a name', () => {
  it('that others fail on from everywhere waits five seconds at most, in as many sessions as there are', async () => {
    const waits = [];
    for (let n = 0; n < 40; n++) {
      waits.push(await waitMs('10.9.9.9', 'mo'));
      fail(1, { username: 'mo', address: `10.0.1.${n}` });
    }
    expect(waits.slice(0, 11)).toEqual([0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 5000]);
    expect(Math.max(...waits.map(Number))).toBe(5000);
    expect([await waitMs('10.9.9.9', 'mo'), await waitMs('10.9.9.9', 'mo')]).toEqual([5000, 5000]);
    expect(await waitMs('10.9.9.9', 'jo')).toBe(0);
    nowMs += 11 * 60_000;
    expect(await waitMs('10.9.9.9', 'mo')).toBe(0);
  });

  it('that nobody has waits like any other', async () => {
    fail(7, { username: 'no such user', address: '10.0.1.1' });
    expect(await waitMs('10.9.9.9', 'no such user')).toBe(1000);
  });
});

it('of names and addresses without end those that failed last are remembered', async () => {
  fail(8, { username: 'first', address: '10.0.1.1' });
  for (let n = 0; n < 10_000; n++)
    fail(1, { username: `${n}`.repeat(100), address: `10.1.${n >> 8}.${n & 255}` });
  expect(await waitMs('10.9.9.9', 'first')).toBe(0);
  for (let n = 0; n < 8; n++) fail(1, { username: 'last' });
  expect(await waitMs('10.9.9.9', 'last')).toBe(2000);
});

describe('the sessions of a user', () => {
  it('are so many at most, and who leaves makes room once', async () => {
    const first = await ledger.enter('mo', 2);
    const second = await ledger.enter('mo', 2);
    expect(await ledger.enter('mo', 2)).toBeUndefined();
    expect(await ledger.enter('jo', 2)).toBeDefined();
    first?.();
    first?.();
    expect(await ledger.enter('mo', 2)).toBeDefined();
    expect(await ledger.enter('mo', 2)).toBeUndefined();
    second?.();
    expect(await ledger.enter('mo', 2)).toBeDefined();
  });

  it('that began without a limit count when there is one', async () => {
    await ledger.enter('mo', undefined);
    await ledger.enter('mo', undefined);
    expect(await ledger.enter('mo', 2)).toBeUndefined();
    expect(await ledger.enter('mo', 3)).toBeDefined();
  });
});
