// The doctor on this host, with real sockets on the ports that it is asked about.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { createBinder } from '../../src/binder/binders.ts';
import { Descriptor } from '../../src/net/descriptor.ts';
import { readSocketsAt } from '../../src/net/socket-table.ts';
import { type DoctorOptions, diagnose } from '../../src/probe/doctor/diagnose.ts';
import { mayBindPrivileged } from '../../src/probe/doctor/gather.ts';
import type { DoctorCheck } from '../../src/probe/types.ts';
import { listeningPeer, openDescriptors, ownAddress, ownEndpoint } from '../support/loopback.ts';

const COMMAND = readFileSync('/proc/self/comm', 'utf8').trim();

describe('diagnose', () => {
  it('asks about the default server, makes every check once, and leaves nothing behind', () => {
    const before = openDescriptors();
    const { formatVersion, host, checks } = diagnose();
    expect(openDescriptors()).toBe(before);
    expect(formatVersion).toBe(1);
    expect(host).toMatchObject({ platform: process.platform, node: process.version });
    expect(new Set(checks.map(({ id }) => id)).size).toBe(19);
    expect(checks).toHaveLength(19);
  });

  it('finds nothing wrong with ports that nobody uses, on either family', () => {
    for (const family of [4, 6] as const) {
      const { address: host, port: dataPort } = ownEndpoint(family);
      const options = { host, dataPort, controlPort: dataPort + 1 };
      const ids = ['local-address', 'control-port', 'data-port-listener', 'data-port-sockets'];
      expect(ids.map((id) => checkOf(options, id).status)).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(readSocketsAt({ address: host, port: dataPort })).toEqual([]);
    }
  });

  it('names the program that listens on the data port', async () => {
    const peer = await listeningPeer(ownAddress());
    expect(checkOf(onDataPort(peer.endpoint), 'data-port-listener')).toMatchObject({
      status: 'failure',
      observed: expect.stringContaining(`(${COMMAND} (pid ${process.pid}, uid ${process.geteuid?.()}))`),
    });
    await peer.close();
  });

  it('sees a listener on the wildcard, and the control port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '0.0.0.0', resolve);
    });
    const { port } = server.address() as { port: number };
    const host = ownAddress();
    expect(checkOf({ host, dataPort: port }, 'data-port-listener').status).toBe('failure');
    expect(checkOf({ host, controlPort: port, dataPort: 2120 }, 'control-port').status).toBe('warning');
    expect(checkOf({ host: '0.0.0.0', dataPort: port }, 'data-port-listener').status).toBe('failure');
    await new Promise((resolve) => server.close(resolve));
  });

  it('says which binders work beside a socket that is there', () => {
    const local = ownEndpoint(4);
    const holder = Descriptor.bound(local, { reusePort: true });
    const { status, observed } = checkOf(onDataPort(local), 'data-port-sockets');
    expect(status).toBe('warning');
    expect(observed).toMatch(/; binders that can bind it now: reuse-port, reuse-both$/);
    holder.close();
  });

  it('knows whom TIME_WAIT shuts out', async () => {
    const local = ownEndpoint(4);
    const peer = await listeningPeer(ownAddress());
    const socket = await (await createBinder('reuse-addr').bind(local)).connect(peer.endpoint);
    const accepted = await peer.accepted();
    socket.resume().end();
    accepted.resume().end();
    await once(socket, 'close');
    await peer.close();
    expect(checkOf(onDataPort(local), 'data-port-sockets')).toMatchObject({
      status: 'warning',
      observed: '1 TIME_WAIT; binders that can bind it now: reuse-addr and legacy-bsd, reuse-both',
    });
  });

  it('tells an address that is not of this machine', () => {
    expect(checkOf({ host: '192.0.2.1' }, 'local-address').status).toBe('failure');
  });

  it('agrees with bind(2) about port 20', () => {
    const local = { address: ownAddress(), port: 20 };
    const allowed = checkOf(onDataPort(local), 'data-port-privilege').status === 'ok';
    if (allowed) Descriptor.bound(local).close();
    else expect(() => Descriptor.bound(local)).toThrow('bind: EACCES');
    expect(mayBindPrivileged() && !allowed).toBe(false);
  });

  it.each<[DoctorOptions, string]>([
    [{ host: 'localhost' }, "host 'localhost' is not an IP address"],
    [{ controlPort: 0 }, "controlPort must be a whole number from 1 to 65535, not '0'"],
    [{ controlPort: 1 }, "dataPort must be a whole number from 1 to 65535, not '0'"],
    [{ dataPort: 70_000 }, "dataPort must be a whole number from 1 to 65535, not '70000'"],
    [{ sessions: 0.5 }, "sessions must be a whole number from 1 on, not '0.5'"],
  ])('refuses %j', (options, message) => {
    expect(() => diagnose(options)).toThrow(message);
  });
});

function onDataPort({ address, port }: Endpoint): DoctorOptions {
  return { host: address, dataPort: port };
}

function checkOf(options: DoctorOptions, id: string): DoctorCheck {
  const found = diagnose(options).checks.find((check) => check.id === id);
  if (found === undefined) throw new Error(`no check '${id}'`);
  return found;
}
