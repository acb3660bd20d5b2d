// The sessions of one generator: logged in once, replaced when they are lost, or opened for each transfer anew.
import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { openSession } from '../client/basic-ftp/session.ts';
import { openLeanSession } from '../client/lean/session.ts';
import { LoginError } from '../client/login.ts';
import type { ClientSession, SessionOptions } from '../client/types.ts';
import type { StartedLoad } from './spec.ts';

/** How many sessions log in at the same moment; more only lengthens the queue at the server. */
const LOGINS_AT_ONCE = 16;

/** One of the plan's sessions, whoever is logged in for it. */
export interface Slot {
  readonly number: number;
  readonly address: string;
  session: ClientSession | undefined;
}

export interface SessionPool {
  readonly slots: readonly Slot[];
  /** The session that has been idle for longest; how many may be taken is not decided here. @throws an Error when none is */
  take(): Slot;
  /** It is idle again. */
  give(slot: Slot): void;
  /** @throws LoginError; the signal's reason when the pool was closed meanwhile */
  logIn(slot: Slot): Promise<ClientSession>;
  /**
   * Closes what the slot has and logs in again. False when the server refused, and the slot is lost, or when the pool
   * was closed meanwhile.
   * @throws what else a login rejects with
   */
  replace(slot: Slot): Promise<boolean>;
  /** Closes every session at once; what runs on them is cancelled. */
  close(): void;
  readonly closed: boolean;
  /** Slots that have no session any more, each with the server's reason. */
  readonly lost: readonly { readonly slot: Slot; readonly reason: string }[];
}

/** Logs every session in, unless each transfer is to. @throws an Error that names the server's reason, when one cannot */
export async function openPool(load: StartedLoad): Promise<SessionPool> {
  const pool = createPool(load);
  if (load.scenario.login === 'each') return pool;
  const atOnce = pLimit(LOGINS_AT_ONCE);
  const opened = await Promise.allSettled(pool.slots.map((slot) => atOnce(() => pool.logIn(slot))));
  const refused = opened.find((one) => one.status === 'rejected');
  if (refused === undefined) return pool;
  pool.close();
  const reason = refused.reason as Error;
  throw new Error(`session could not log in: ${reason.message}`, { cause: reason });
}

function createPool(load: StartedLoad): SessionPool {
  const open = load.userPi === 'lean' ? openLeanSession : openSession;
  const slots: Slot[] = load.sessions.map((one) => ({ ...one, session: undefined }));
  const idle = [...slots];
  const lost: { slot: Slot; reason: string }[] = [];
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // every session listens to it

  function take(): Slot {
    const slot = idle.shift();
    if (slot === undefined) throw new Error('more transfers at once than sessions');
    return slot;
  }

  function give(slot: Slot): void {
    idle.push(slot);
  }

  async function logIn(slot: Slot): Promise<ClientSession> {
    const session = await open(sessionOptions(load, slot.address, closing.signal));
    slot.session = session;
    return session;
  }

  async function replace(slot: Slot): Promise<boolean> {
    slot.session?.close(); // it may still listen to what no longer comes
    slot.session = undefined;
    if (closing.signal.aborted) return false;
    try {
      await logIn(slot);
      return true;
    } catch (error) {
      if (closing.signal.aborted) return false;
      if (!(error instanceof LoginError)) throw error;
      lost.push({ slot, reason: error.message });
      return false;
    }
  }

  return {
    ...{ slots, lost, take, give, logIn, replace },
    get closed() {
      return closing.signal.aborted;
    },
    close() {
      closing.abort();
      for (const slot of slots) slot.session?.close();
    },
  };
}

function sessionOptions(load: StartedLoad, localAddress: string, signal: AbortSignal): SessionOptions {
  const { server, login, timeoutMs, acceptTimeoutMs, scenario, requireDataPort, dataPort } = load;
  const { announce } = scenario;
  return {
    ...{ server, localAddress, timeoutMs, signal, ...login, tls: scenario.tls },
    activeMode: {
      acceptTimeoutMs,
      port: scenario.clientPort,
      ...(announce !== 'auto' && { command: announce }),
      ...(requireDataPort && { expectSourcePort: dataPort }),
    },
  };
}
