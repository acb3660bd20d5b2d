// A session of the load generator under TLS, against the server: sealed, resumed, whole.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openSession } from '../../src/client/basic-ftp/session.ts';
import { serving } from '../server/serving.ts';
import { selfSigned } from '../support/certificate.ts';
import { ownAddress } from '../support/loopback.ts';

it('fetches, stores and lists under TLS, in sessions that belong to its control connection', () =>
  serving({ write: true, tls: 'require', tlsPem: selfSigned(), tlsReuse: 'require' }, async (one) => {
    await writeFile(join(one.root, 'f'), 'content');
    const session = await openSession({
      ...{ server: one.address, localAddress: ownAddress(), user: 'anonymous', password: 'port20@' },
      ...{ timeoutMs: 20_000, tls: 'explicit' },
    });
    for (const direction of ['retr', 'stor', 'list'] as const) {
      for (let times = 0; times < 3; times++) {
        const path = { retr: 'f', stor: 'up', list: '' }[direction];
        const report = await session.transfer({ direction, path, content: Buffer.from('content') });
        expect(report).toMatchObject({ replyCode: 226, error: undefined });
      }
    }
    const records = await one.recorded(9);
    expect(records.map(({ tls }) => tls?.resumed)).toEqual(Array(9).fill(true));
    session.close();
  }));
