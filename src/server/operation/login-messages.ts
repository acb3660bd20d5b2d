// The one ledger of logins is the primary's: what workers ask it over their channel, and what they are answered.
import type { ChildProcess } from 'node:child_process';
import type { Attempt, LoginLedger } from '../users/login-ledger.ts';

type ToLedger =
  | { readonly type: 'login-asked'; readonly id: number; readonly attempt: Attempt }
  | { readonly type: 'login-failed'; readonly attempt: Attempt }
  | { readonly type: 'user-entered'; readonly id: number; readonly user: string; readonly most?: number }
  | { readonly type: 'user-left'; readonly id: number };

/** To `login-asked` and `user-entered`; without a value where the ledger says no. */
interface FromLedger {
  readonly type: 'ledger-answer';
  readonly id: number;
  readonly value?: number;
}

/** From now on this process answers `worker`; the sessions that it counted end with it at the latest, however it ends. */
export function answerLogins(worker: ChildProcess, ledger: LoginLedger): void {
  const sessions = new Map<number, () => void>();
  let ended = false;

  async function hear(message: ToLedger): Promise<void> {
    switch (message.type) {
      case 'login-asked':
        return answer(message.id, await ledger.waitMs(message.attempt));
      case 'login-failed':
        return ledger.failed(message.attempt);
      case 'user-entered': {
        const leave = await ledger.enter(message.user, message.most);
        if (leave !== undefined) sessions.set(message.id, leave);
        if (ended) return leaveAll();
        if (message.most !== undefined) answer(message.id, leave && 0);
        return;
      }
      case 'user-left':
        sessions.get(message.id)?.();
        sessions.delete(message.id);
        return;
    }
  }

  function answer(id: number, value: number | undefined): void {
    const message: FromLedger = { type: 'ledger-answer', id, ...(value !== undefined && { value }) };
    if (worker.connected) worker.send(message, () => {});
  }

  function leaveAll(): void {
    for (const leave of sessions.values()) leave();
    sessions.clear();
  }

  worker.on('message', (message: ToLedger) => void hear(message));
  // 'close' comes when the channel has been read to its end: after the worker's last word.
  worker.once('close', () => {
    ended = true;
    leaveAll();
  });
}

/** The primary's ledger as one of its workers has it. Where the primary is gone, nobody may log in any more. */
export function ledgerOfPrimary(): LoginLedger {
  const asked = new Map<number, (value: number | undefined) => void>();
  let ids = 0;

  process.on('message', ({ type, id, value }: FromLedger) => {
    if (type !== 'ledger-answer') return;
    asked.get(id)?.(value);
    asked.delete(id);
  });
  process.once('disconnect', () => {
    for (const answer of asked.values()) answer(undefined);
    asked.clear();
  });

  function tell(message: ToLedger): boolean {
    return process.connected && process.send?.(message, undefined, {}, () => {}) !== undefined;
  }

  function ask(id: number, message: ToLedger): Promise<number | undefined> {
    return new Promise((resolve) => {
      asked.set(id, resolve);
      if (tell(message)) return;
      asked.delete(id);
      resolve(undefined);
    });
  }

  return {
    waitMs(attempt) {
      const id = ++ids;
      return ask(id, { type: 'login-asked', id, attempt });
    },
    failed: (attempt) => void tell({ type: 'login-failed', attempt }),
    async enter(user, most) {
      const id = ++ids;
      const message: ToLedger = { type: 'user-entered', id, user, ...(most !== undefined && { most }) };
      const leave = () => void tell({ type: 'user-left', id });
      // Without a limit there is nothing to wait for: it is counted for the day that there is one.
      if (most === undefined) return tell(message) ? leave : undefined;
      return (await ask(id, message)) === undefined ? undefined : leave;
    },
  };
}
