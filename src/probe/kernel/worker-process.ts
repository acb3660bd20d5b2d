// A process for the part of an experiment that needs one: a rival on the port, another user, another network.
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { InvalidRunError } from '../../errors.ts';
import { NotRun } from './not-run.ts';
import type { Answers, FromWorker, Order } from './worker-messages.ts';

/** As who and where: as we are, as a user without rights, or in a network namespace of its own. */
export type WorkerPlace = 'same' | 'other-user' | 'network-namespace';

export interface Worker {
  /** @throws NotRun when the place cannot be had on this host */
  readonly up: Promise<void>;
  /** Undefined for one that could not be started. */
  readonly pid: number | undefined;
  /** @throws InvalidRunError when the worker fails or dies first */
  ask<Asked extends Order>(order: Asked): Promise<Answers[Asked['type']]>;
  kill(): Promise<void>;
}

/** The uid that every system gives to nobody in particular. */
const OTHER_UID = 65_534;

/** Returns at once, so that the worker has an owner before anything can go wrong; `up` says when it can be asked. */
export function startWorker(place: WorkerPlace): Worker {
  if (place === 'other-user' && process.geteuid?.() !== 0) throw new NotRun('a second uid (run it as root)');
  const child = spawnOrNotRun(place);
  const heard = new EventEmitter();
  const ended = once(child, 'close').catch(() => {}); // one that could not be started at all has an error instead
  const lost = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.once('exit', (code, signal) =>
      reject(new InvalidRunError(`the probe's process ended by ${signal ?? `exit status ${code}`}`)),
    );
    heard.once('failed', ({ message }) => reject(new InvalidRunError(message)));
  });
  lost.catch(() => {}); // nobody may be waiting when it happens
  child.on('message', (message: FromWorker) => heard.emit(message.type, message));

  const up = Promise.race([once(heard, 'up'), lost]).then(
    () => {},
    (cause) => {
      throw new NotRun(NEEDS[place], { cause });
    },
  );
  up.catch(() => {});
  return {
    up,
    pid: child.pid,
    async ask(order) {
      const answered = once(heard, 'answer');
      child.send(order, () => {});
      const [{ answer }] = await Promise.race([answered, lost]);
      return answer;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const NEEDS: Readonly<Record<WorkerPlace, string>> = {
  same: 'a second process',
  'other-user': 'a second uid that can read this program',
  'network-namespace': 'a network namespace (unshare as root, or unprivileged user namespaces)',
};

/** A uid that cannot be taken on is thrown by spawn(), a program that is missing comes as an event. */
function spawnOrNotRun(place: WorkerPlace): ChildProcess {
  try {
    return spawnIn(place);
  } catch (cause) {
    throw new NotRun(NEEDS[place], { cause });
  }
}

function spawnIn(place: WorkerPlace): ChildProcess {
  const script = fileURLToPath(new URL('./worker.js', import.meta.url));
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const;
  switch (place) {
    case 'same':
      return spawn(process.execPath, [script], { stdio: [...stdio] });
    case 'other-user':
      return spawn(process.execPath, [script], {
        stdio: [...stdio],
        uid: OTHER_UID,
        gid: OTHER_UID,
        cwd: '/',
      });
    case 'network-namespace': {
      // unshare(1) of util-linux becomes the worker by exec, so it is the worker's pid and descriptors.
      const asOwnRoot = process.geteuid?.() === 0 ? [] : ['--map-root-user'];
      return spawn('unshare', [...asOwnRoot, '--net', process.execPath, script], { stdio: [...stdio] });
    }
    default:
      return place satisfies never;
  }
}
