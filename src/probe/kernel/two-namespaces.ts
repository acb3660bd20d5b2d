// The same transfer twice between two network namespaces, each with TCP timestamps as it is told: what each binder gets.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import type { Endpoint } from '../../address.ts';
import { createBinder } from '../../binder/binders.ts';
import { BINDER_NAMES, type Binder, type BinderName } from '../../binder/types.ts';
import { DataConnectionError, errorCodeOf } from '../../errors.ts';
import { raiseLoopback } from '../../net/loopback-interface.ts';
import { writeSysctl } from '../../net/proc.ts';
import { requireState } from './holder.ts';
import type { Lab, Listener } from './lab.ts';
import type { SecondTransfers, Timestamps, TimestampsOfBoth } from './worker-messages.ts';
import type { Worker } from './worker-process.ts';

/** RFC 5737: addresses that are nobody's, in namespaces that nobody else sees. */
const SERVER = '192.0.2.1';
const CLIENT = '192.0.2.2';
const CLIENT_PORT = 5000;
const PREFIX = 30;
const [SERVER_END, CLIENT_END] = ['port20server', 'port20client'];
const FIRST_LOCAL_PORT = 2020;

/** Called in a namespace of the caller's own. @throws Error of ip(8) where a pair of interfaces cannot be made */
export async function transfersAcross(
  lab: Lab,
  { server, client }: TimestampsOfBoth,
): Promise<SecondTransfers> {
  raiseLoopback();
  writeSysctl('net.ipv4.tcp_timestamps', server);
  const peer = await lab.worker('network-namespace');
  ip('link', 'add', SERVER_END, 'type', 'veth', 'peer', 'name', CLIENT_END, 'netns', String(peer.pid));
  raise(SERVER_END, SERVER);
  const remote = await peer.ask({ type: 'listen-across', timestamps: client });
  const results: [BinderName, string][] = [];
  for (const [index, name] of BINDER_NAMES.entries()) {
    const local = { address: SERVER, port: FIRST_LOCAL_PORT + index };
    results.push([name, await secondTransfer(createBinder(name, { retry: 'none' }), local, remote, peer)]);
  }
  return Object.fromEntries(results) as SecondTransfers;
}

/** The other end of it, in its own namespace. */
export function listenAcross(lab: Lab, timestamps: Timestamps): Listener {
  writeSysctl('net.ipv4.tcp_timestamps', timestamps);
  raise(CLIENT_END, CLIENT);
  const socket = lab.open({ family: 4 });
  socket.bind({ address: CLIENT, port: CLIENT_PORT });
  socket.listen(BINDER_NAMES.length);
  return { socket, endpoint: { address: CLIENT, port: CLIENT_PORT } };
}

async function secondTransfer(
  binder: Binder,
  local: Endpoint,
  remote: Endpoint,
  peer: Worker,
): Promise<string> {
  const first = await (await binder.bind(local)).connect(remote);
  const used = { address: SERVER, port: first.localPort ?? 0 };
  const closed = once(first, 'close');
  // The server closes first, and TIME_WAIT stays with it; the client answers only then.
  const sent = once(first, 'finish');
  first.resume().end();
  await sent;
  await peer.ask({ type: 'close-accepted' });
  await closed;
  requireState(used, 'time-wait');
  try {
    (await (await binder.bind(local)).connect(remote)).destroy();
    await peer.ask({ type: 'close-accepted' });
    return 'ok';
  } catch (error) {
    if (error instanceof DataConnectionError) return `${error.phase} ${errorCodeOf(error)}`;
    throw error;
  }
}

function raise(device: string, address: string): void {
  ip('address', 'add', `${address}/${PREFIX}`, 'dev', device);
  ip('link', 'set', device, 'up');
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
