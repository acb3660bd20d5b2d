// Starts one daemon: checks what it needs, sets it up, waits for its greeting.
import { InvalidRunError, PreflightError } from '../errors.ts';
import type { Daemon } from './daemon.ts';
import { type DaemonProcess, spawnDaemon } from './daemon-process.ts';
import { greeted } from './greeting.ts';
import { createPlace, type Place } from './place.ts';
import {
  cannotStart,
  isRoot,
  requireFree,
  requireNamespaces,
  requireReachable,
  requireRoot,
} from './requirements.ts';
import type { Peer, PeerOptions } from './types.ts';

const NO_WORD = 'it ended without a word';

/** @throws PreflightError for what is missing here, and for a daemon that ends at once or does not greet */
export async function startDaemon(name: string, daemon: Daemon, options: PeerOptions): Promise<Peer> {
  await requireAll(name, daemon, options);
  const place = await createPlace(options);
  try {
    const running = await spawnDaemon(await daemon.command(place), place.folder);
    await ready(name, running, place);
    return peerOf(name, daemon, running, place);
  } catch (error) {
    await place.remove();
    throw error;
  }
}

async function requireAll(name: string, { needsRoot }: Daemon, { server, root }: PeerOptions): Promise<void> {
  if (process.platform !== 'linux') throw cannotStart(name, 'needs Debian Linux: run there');
  if (needsRoot) requireRoot(name);
  if (isRoot()) {
    await requireNamespaces(name);
    await requireReachable(name, root);
  }
  await requireFree(name, server);
}

function peerOf(name: string, daemon: Daemon, running: DaemonProcess, { server, remove }: Place): Peer {
  const dataPort = daemon.dataPort(server);
  let stopping = false;
  const lost = new Promise<never>((_, reject) => {
    void running.ended.then((line) => {
      if (!stopping) reject(new InvalidRunError(`peer '${name}' ended in mid-run: ${line || NO_WORD}`));
    });
  });
  lost.catch(() => {}); // nobody may be waiting when it happens
  return {
    server,
    dataPort: dataPort ?? server.port - 1,
    keepsPort: dataPort !== null,
    login: daemon.login,
    lost,
    pids: running.pids,
    stop: async () => {
      stopping = true;
      await running.stop();
      await remove();
    },
  };
}

/** Whichever comes first: its greeting, or its end. */
async function ready(name: string, running: DaemonProcess, { server }: Place): Promise<void> {
  const waiting = new AbortController();
  const end = running.ended.then((line) => Promise.reject(new Error(line || NO_WORD)));
  try {
    await Promise.race([greeted(server, waiting.signal), end]);
  } catch (cause) {
    await running.stop();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PreflightError(`peer '${name}' did not start: ${reason}`, { cause });
  } finally {
    waiting.abort();
  }
}
