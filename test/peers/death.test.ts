// What ends with what: the daemon and its sessions with the process that started them, the sessions with the daemon.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { startPeer } from '../../src/peers/peers.ts';
import { PEER_NAMES, type PeerName } from '../../src/peers/types.ts';
import { ownAddress } from '../support/loopback.ts';
import { createRoot, type Root } from './root.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
const SCRIPT = 'test/peers/coordinator.mjs';

let root: Root;
let server: Endpoint;
beforeEach(async () => {
  root = await createRoot();
  server = { address: ownAddress(), port: 2121 };
});
afterEach(() => root.remove());

interface Said {
  readonly pids: readonly number[];
  readonly folder: string;
  readonly message?: string;
}

async function said(coordinator: ChildProcess): Promise<Said> {
  const [chunk] = await once(coordinator.stdout as NodeJS.ReadableStream, 'data');
  return JSON.parse(String(chunk));
}

function argsFor(name: PeerName): string[] {
  return [name, server.address, String(server.port), root.path];
}

/** A control connection that was greeted. */
async function greetedSession(): Promise<Socket> {
  const socket = connect({ host: server.address, port: server.port }).on('error', () => {});
  await once(socket, 'data');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.destroyed) await once(socket, 'close');
}

/** Until the kernel has done it; Jest's timeout ends what never happens. */
async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => existsSync(`/proc/${pid}`)))
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe.each(PEER_NAMES)('%s', (name) => {
  it('ends with the process that started it, when that is killed', async () => {
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    const coordinator = spawn(process.execPath, [REPOSITORY + SCRIPT, ...argsFor(name)], {
      stdio: [...stdio],
    });
    const { pids, folder } = await said(coordinator);
    expect(pids.length).toBeGreaterThan(0);
    const session = await greetedSession();
    coordinator.kill('SIGKILL');
    await closed(session);
    await gone(pids);
    await rm(folder, { recursive: true });
  });

  it('takes its sessions with it when it is killed', async () => {
    const peer = await startPeer(name, { server, root: root.path });
    const session = await greetedSession();
    const [leader = 0, ...sessions] = peer.pids();
    process.kill(leader, 'SIGKILL');
    await expect(peer.lost).rejects.toThrow(/^peer '.*' ended in mid-run: .*Killed/);
    await closed(session);
    await gone([leader, ...sessions]);
    await peer.stop();
    expect(peer.pids()).toEqual([]);
  });
});

describe('without root', () => {
  /** As `nobody`, wherever this repository lies. */
  function asNobody(name: PeerName): ChildProcess {
    const drop = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath];
    const script = `mount --bind "$0" /mnt && exec "$@"`;
    const args = ['-c', script, REPOSITORY, ...drop, `/mnt/${SCRIPT}`];
    return spawn('unshare', ['--mount', 'sh', ...args, ...argsFor(name)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
  }

  it.each(['vsftpd', 'proftpd', 'pure-ftpd'] as const)('%s says what it needs', async (name) => {
    expect(await said(asNobody(name))).toEqual({
      code: 'ERR_PREFLIGHT',
      message: `peer '${name}' needs root: run as root, or name a running server with --target`,
    });
  });

  it('pyftpdlib is started, and ends with who started it', async () => {
    const coordinator = asNobody('pyftpdlib');
    const { pids, folder } = await said(coordinator);
    expect(pids).toHaveLength(1);
    const session = await greetedSession();
    coordinator.kill('SIGKILL');
    await closed(session);
    await gone(pids);
    await rm(folder, { recursive: true });
  });
});
