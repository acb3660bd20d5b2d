// Session reuse: whose TLS session a data connection resumes, in TLS 1.2 (by ticket and by id) and 1.3.

import { constants } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { TlsReuse } from '../../../src/server/tls/types.ts';
import { readAll } from '../raw-client.ts';
import { serving } from '../serving.ts';
import { PEM, SealedClient, WAYS } from './sealing.ts';

const NO_TICKET = constants.SSL_OP_NO_TICKET;

describe.each(WAYS)('$mode, $version', (way) => {
  const { version } = way;
  const connecting = { minVersion: version, maxVersion: version } as const;

  async function trial(tlsReuse: TlsReuse, session: 'own' | 'none' | 'of another', secureOptions = 0) {
    let result: { reply: string; resumed: boolean | undefined; outcome: unknown } | undefined;
    await serving({ tlsPem: PEM, tlsReuse }, async ({ address, root, recorded }) => {
      await writeFile(join(root, 'f'), 'content');
      const options = { ...connecting, secureOptions };
      const [sealed, other] = [
        await SealedClient.connect(address, options),
        await SealedClient.connect(address, options),
      ];
      const { socket } = await sealed.open('RETR f', way);
      const offered = { own: sealed.session, none: 'none' as const, 'of another': other.session }[session];
      const tls = await sealed.seal(socket, offered === undefined ? {} : { session: offered });
      await Promise.race([readAll(tls), once(tls, 'close')]).catch(() => {});
      const reply = await sealed.client.reply();
      const [record] = await recorded(1);
      result = { reply, resumed: record?.tls?.resumed, outcome: record?.outcome };
      expect(await sealed.client.command('NOOP')).toMatch(/^200 /);
      await sealed.client.quit();
      await other.client.quit();
    });
    return result;
  }

  it('require takes its own session', async () => {
    expect(await trial('require', 'own')).toMatchObject({ reply: '226 Transfer complete.', resumed: true });
  });

  it.each(['none', 'of another'] as const)(
    'require refuses one that resumes %s, and says why',
    async (session) => {
      expect(await trial('require', session)).toEqual({
        reply: expect.stringMatching(/^522 TLS session reuse required: .*this control connection/),
        resumed: false,
        outcome: { kind: 'failed', phase: 'transfer', code: 'TLS_NOT_RESUMED' },
      });
    },
  );

  it('takes a session of a client without tickets', async () => {
    expect(await trial('require', 'own', NO_TICKET)).toMatchObject({ resumed: true });
    expect(await trial('require', 'of another', NO_TICKET)).toMatchObject({ resumed: false });
  });

  it('log tells, off does not ask', async () => {
    expect(await trial('log', 'none')).toMatchObject({ reply: '226 Transfer complete.', resumed: false });
    expect(await trial('off', 'none')).toMatchObject({ reply: '226 Transfer complete.', resumed: undefined });
  });
});

it('goes on resuming from one data connection to the next', () =>
  serving({ tlsPem: PEM, tlsReuse: 'require' }, async ({ address, root, recorded }) => {
    await writeFile(join(root, 'f'), 'content');
    const sealed = await SealedClient.connect(address);
    for (let count = 1; count <= 20; count++) {
      expect((await sealed.fetch('RETR f', { mode: 'passive', version: 'TLSv1.3' })).last).toMatch(/^226 /);
    }
    expect((await recorded(20)).every(({ tls }) => tls?.resumed)).toBe(true);
    await sealed.client.quit();
  }));
