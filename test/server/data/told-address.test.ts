// The address that PASV tells: a number as it is, a name as DNS has it now, looked up again when a minute has passed.
import { describe, expect, it } from '@jest/globals';
import { requireToldAddress, ToldAddress } from '../../../src/server/data/told-address.ts';
import { fillOptions } from '../../../src/server/fill-options.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

describe('--passive-address', () => {
  it.each(['ftp.example.org', 'localhost', 'a_b.example.', '192.0.2.1'])('may be %s', (passiveAddress) => {
    expect(fillOptions({ passiveAddress }).passiveAddress).toBe(passiveAddress);
  });

  it.each(['::1', '0.0.0.0', '1.2.3', '256.1.1.1', '-a.example', 'a..b', 'a b', ''])(
    'may not be %j',
    (passiveAddress) => {
      expect(() => fillOptions({ passiveAddress })).toThrow(/must be an IPv4 address such as/);
    },
  );

  it('of a name is told as its address', () =>
    serving({ passiveAddress: 'localhost' }, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      for (let times = 0; times < 2; times++) {
        expect(await client.command('PASV')).toMatch(/^227 .*\(127,0,0,1,\d+,\d+\)\.$/);
      }
      await client.quit();
    }));

  it('of a name without an address ends the start', async () => {
    await expect(requireToldAddress('nobody.invalid')).rejects.toThrow(
      /passive address 'nobody\.invalid' has no IPv4 address: [A-Z_]+$/,
    );
  });
});

it('asks again after a minute, and tells the last one meanwhile', async () => {
  let nowMs = 0;
  const told = new ToldAddress('localhost', () => nowMs);
  expect(await told.address()).toBe('127.0.0.1');
  nowMs = 3_600_000;
  expect(await told.address()).toBe('127.0.0.1');
  expect(await new ToldAddress(undefined, () => 0).address()).toBeUndefined();
  await expect(new ToldAddress('nobody.invalid', () => 0).address()).rejects.toThrow();
});
