// A client session against the server of this project: the contract that both sides wrote down, kept by both.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createBinder } from '../../src/binder/binders.ts';
import type { BinderName } from '../../src/binder/types.ts';
import type { DataPort } from '../../src/client/options.ts';
import type { ClientSession } from '../../src/client/types.ts';
import type { Outcome } from '../../src/result/outcome.ts';
import { createServer } from '../../src/server/server.ts';
import { ownAddress } from '../support/loopback.ts';
import { closeAll, onClose } from './harness.ts';
import { type OpenSession, USER_PIS } from './user-pis.ts';

const CONTENT = Buffer.alloc(100_000, 'port20');
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'port20-'));
  await writeFile(join(root, 'file'), CONTENT);
});
afterEach(closeAll);
afterAll(() => rm(root, { recursive: true }));

interface Where {
  readonly dataPort?: number;
  readonly host?: string;
  /** The client's. */
  readonly port?: DataPort;
}

async function sessionWith(
  open: OpenSession,
  binder: BinderName,
  { dataPort, host = ownAddress(), port = 'fresh' }: Where = {},
): Promise<ClientSession> {
  const options = { host, port: 0, root, binder, retry: 'none', write: true } as const;
  const server = createServer({ ...options, ...(dataPort && { dataPort }) });
  const endpoint = await server.listen();
  onClose(() => server.close());
  const session = await open({
    server: endpoint,
    localAddress: ownAddress(),
    user: 'anonymous',
    password: 'x',
    timeoutMs: 10_000,
    activeMode: { expectSourcePort: dataPort ?? 'default', port },
  });
  onClose(() => session.close());
  return session;
}

describe.each(USER_PIS)('with %s, a session', (_name, open) => {
  it('downloads, uploads and lists, every time from L-1', async () => {
    const session = await sessionWith(open, 'reuse-port');
    const list = await session.transfer({ direction: 'list', path: '' });
    const stor = await session.transfer({ direction: 'stor', path: 'copy', content: CONTENT });
    const retr = await session.transfer({ direction: 'retr', path: 'copy' });
    for (const report of [list, stor, retr])
      expect(report).toMatchObject({ replyCode: 226, error: undefined });
    expect(retr).toMatchObject({ bytes: CONTENT.length, hash: stor.hash });
    expect(await readFile(join(root, 'copy'))).toEqual(CONTENT);
  });

  it('reads from the 425 that the data port was taken', async () => {
    const host = ownAddress();
    const holder = await createBinder('legacy').bind({ address: host, port: 2120 });
    onClose(async () => holder.close());
    const session = await sessionWith(open, 'legacy', { dataPort: 2120, host });
    const report = await session.transfer({ direction: 'retr', path: 'file' });
    // Every failure of a transfer is an outcome of the stress run as it stands.
    const outcome: Outcome | undefined = report.error;
    expect(outcome).toEqual({ kind: 'socket-error', phase: 'bind', code: 'EADDRINUSE' });
    expect(report).toMatchObject({ replyCode: 425, remote: undefined });
    expect(session.usable).toBe(true);
  });

  it('reads from the 550 that there is no such file', async () => {
    const session = await sessionWith(open, 'reuse-port');
    const report = await session.transfer({ direction: 'retr', path: 'nothing' });
    expect(report).toMatchObject({ error: { kind: 'ftp-reply', replyCode: 550 }, remote: undefined });
  });

  it('fetches again and again over one 4-tuple, from the default data port to the default data port', async () => {
    const session = await sessionWith(open, 'reuse-port', { port: 'default' });
    const remotes = new Set<number | undefined>();
    for (let round = 0; round < 20; round++) {
      const report = await session.transfer({ direction: 'retr', path: 'file' });
      expect(report).toMatchObject({ bytes: CONTENT.length, local: session.local, error: undefined });
      remotes.add(report.remote?.port);
    }
    expect(remotes.size).toBe(1);
  });
});
