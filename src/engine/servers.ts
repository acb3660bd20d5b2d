// The server of one block, of whatever kind: the built-in one, a peer that is started for it, or one that runs already.
import { InvalidRunError } from '../errors.ts';
import { startPeer } from '../peers/peers.ts';
import type { Login } from '../peers/types.ts';
import type { Inside, RunningServer, ServerSpec } from '../run/engine.ts';
import type { DataConnectionRecord } from '../server/data/record.ts';
import { ask, type Child, startChild } from './child.ts';
import type { BinderServer, FromServer, ToServer } from './messages.ts';

export interface OpenServer extends RunningServer {
  readonly login: Login;
  /** Rejects with an InvalidRunError when the server dies; it never resolves. */
  readonly lost: Promise<never>;
  /** Ends the block. The records of its data connections; null where the server keeps none. */
  shut(): Promise<readonly DataConnectionRecord[] | null>;
}

/** The processes of the built-in server, kept from block to block. */
export interface ServerHost {
  readonly child: Child<ToServer, FromServer>;
  readonly pids: readonly number[];
  readonly workers: number;
}

const ANONYMOUS: Login = { user: 'anonymous', password: 'port20@' };
const NEVER = new Promise<never>(() => {});

/** A peer or a target. @throws InvalidRunError when a peer cannot be started: of one block among many, not of the run */
export async function openForeignServer(spec: Exclude<ServerSpec, BinderServer>): Promise<OpenServer> {
  if (spec.kind === 'target') {
    const { server, login } = spec;
    return { dataPort: server.port - 1, login, lost: NEVER, pids: () => [], shut: async () => null };
  }
  const { server, root } = spec;
  const peer = await startPeer(spec.peer, { server, root }).catch((cause: Error) => {
    throw new InvalidRunError(cause.message, { cause });
  });
  const { dataPort, login } = peer;
  const shut = async () => {
    await peer.stop();
    return null;
  };
  return { dataPort, login, shut, lost: peer.lost, pids: () => peer.pids() };
}

export async function openBuiltInServer(host: ServerHost, spec: BinderServer): Promise<OpenServer> {
  const { child, pids } = host;
  await Promise.race([ask(child, { type: 'open', spec }, 'opened'), child.lost]);
  return {
    dataPort: spec.server.port - 1,
    login: ANONYMOUS,
    lost: child.lost,
    pids: () => pids,
    async shut() {
      const records: DataConnectionRecord[] = [];
      const release = child.on('records', (batch) => {
        for (const record of batch.records) records.push(record);
      });
      try {
        await ask(child, { type: 'shut' }, 'shut');
        return records;
      } finally {
        release();
      }
    },
  };
}

/** One with that many workers: the given one where it will do. */
export async function readyHost(
  host: ServerHost | undefined,
  workers: number,
  inside: Inside,
): Promise<ServerHost> {
  if (host?.child.alive && host.workers === workers) return host;
  await endHost(host);
  const child = startChild<ToServer, FromServer>('server', './server-host.js', {
    args: [String(workers)],
    inside,
  });
  try {
    const { pids } = await child.next('up');
    return { child, pids, workers };
  } catch (error) {
    await child.end(); // nobody else knows of it
    throw error;
  }
}

export async function endHost(host: ServerHost | undefined): Promise<void> {
  await host?.child.end({ type: 'end' });
}
