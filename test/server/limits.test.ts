// What one server takes on: so many sessions and no more, and none of them for somebody who does not log in.
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { RawClient, readAll } from './raw-client.ts';
import { serving } from './serving.ts';

const TOO_MANY = '421 Too many sessions, try again later.\r\n';

describe('maxSessions', () => {
  it('one session more is greeted with 421 and closed; when one has ended there is room again', () =>
    serving({ maxSessions: 2 }, async ({ address }) => {
      const first = await RawClient.loggedIn(address);
      const second = await RawClient.connect(address);
      expect(await everythingSaid(address)).toBe(TOO_MANY);
      expect(await everythingSaid(address)).toBe(TOO_MANY);
      await first.quit();
      expect(await second.command('NOOP')).toMatch(/^200 /); // the server has read the first one's FIN by now
      const third = await RawClient.loggedIn(address);
      expect(await everythingSaid(address)).toBe(TOO_MANY);
      await Promise.all([second.quit(), third.quit()]);
    }));
});

describe('loginTimeoutMs', () => {
  it('ends a session that does not log in, whatever else it says, and no other', () =>
    serving({ loginTimeoutMs: 500 }, async ({ address }) => {
      const loggedIn = await RawClient.loggedIn(address);
      const changing = await RawClient.loggedIn(address);
      expect(await changing.command('USER root')).toMatch(/^331 /);
      const idle = await RawClient.connect(address);
      expect(await idle.command('USER root')).toMatch(/^331 /);
      expect(await idle.command('PASS secret')).toMatch(/^530 /);
      expect(await idle.reply()).toBe('421 No login for too long.');
      await idle.ended();
      expect(await loggedIn.command('PWD')).toMatch(/^257 /); // older than the one that was ended
      expect(await changing.command('USER anonymous')).toMatch(/^230 /);
      await Promise.all([loggedIn.quit(), changing.quit()]);
    }));
});

async function everythingSaid({ address, port }: Endpoint): Promise<string> {
  return (await readAll(connect({ host: address, port }))).toString();
}
