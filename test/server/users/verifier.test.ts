// The thread that checks passwords: turns by client, checks that nobody waits for, and its end at any moment.
import { afterEach, expect, it } from '@jest/globals';
import { readHash } from '../../../src/server/users/hash.ts';
import type * as Verifiers from '../../../src/server/users/verifier.ts';

/** Built: the thread is a program. */
const { Verifier }: typeof Verifiers = await import('../../../dist/server/users/verifier.js' as string);

const HASH = readHash('$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm');
const never = new AbortController().signal;

let verifier = new Verifier();

afterEach(async () => {
  await verifier.close();
  verifier = new Verifier();
});

it('one client that asks for many keeps another waiting for one', async () => {
  const order: string[] = [];
  const ask = (client: string, n: number) =>
    verifier.verify(HASH, `guess ${n}`, client, never).then((right) => order.push(`${client}${n} ${right}`));
  const many = Array.from({ length: 20 }, (_, n) => ask('a', n));
  const other = verifier.verify(HASH, 'Blue-Harbour 7', 'b', never).then((right) => order.push(`b ${right}`));
  const third = ask('c', 0);
  await Promise.all([...many, other, third]);
  expect(order.slice(0, 4)).toEqual(['a0 false', 'a1 false', 'b true', 'c0 false']);
  expect(order).toHaveLength(22);
});

it('what nobody waits for any more is not checked, and keeps nobody waiting', async () => {
  const gone = new AbortController();
  const first = verifier.verify(HASH, 'x', 'a', never);
  let checked = 0;
  for (let n = 0; n < 5; n++) void verifier.verify(HASH, 'x', 'a', gone.signal).then(() => checked++);
  gone.abort();
  const last = verifier.verify(HASH, 'Blue-Harbour 7', 'a', never);
  expect([await first, await last, checked]).toEqual([false, true, 0]);
});

it('a hash that cannot be checked fails its own login, and no other', async () => {
  const broken = { ...HASH, text: '$2b$05$short' };
  await expect(verifier.verify(broken, 'x', 'a', never)).rejects.toThrow(/a password could not be checked/);
  expect(await verifier.verify(HASH, 'Blue-Harbour 7', 'a', never)).toBe(true);
});

it('may be closed before it was used, and in the middle of a check: whoever waits hears so', async () => {
  await verifier.close();
  verifier = new Verifier();
  const asked = ['a', 'a', 'b'].map((client) => verifier.verify(HASH, 'x', client, never));
  const answers = Promise.allSettled([...asked, verifier.msPerUnit('bcrypt')]);
  await verifier.close();
  expect(new Set((await answers).map((one) => one.status === 'rejected' && one.reason.code))).toEqual(
    new Set(['ECANCELED']),
  );
  await expect(verifier.verify(HASH, 'x', 'a', never)).rejects.toThrow('the server is closing');
});
