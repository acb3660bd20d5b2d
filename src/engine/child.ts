// A child process that answers messages: what it says is awaited by type, and its death fails whoever waits.
import { fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { errorCodeOf, InvalidRunError } from '../errors.ts';
import { HERE, type Inside } from '../run/engine.ts';

interface Message {
  readonly type: string;
}

export interface Child<To extends Message, From extends Message> {
  readonly pid: number;
  /** Neither dead nor failed: it can be given work. */
  readonly alive: boolean;
  /** Rejects with an InvalidRunError when the child says that it failed, or dies. */
  readonly lost: Promise<never>;
  send(message: To): void;
  /** The next message of that type. @throws InvalidRunError when the child fails or dies first */
  next<Type extends From['type']>(type: Type): Promise<Extract<From, { type: Type }>>;
  /** Every message of that type until the returned function is called. */
  on<Type extends From['type']>(
    type: Type,
    listener: (message: Extract<From, { type: Type }>) => void,
  ): () => void;
  /** Sends `farewell`, if there is one, and waits a moment for the child to end by itself; then SIGKILL. */
  end(farewell?: To): Promise<void>;
}

const FAREWELL_MS = 2000;

interface ChildOptions {
  readonly args?: readonly string[];
  /** Where it is started, and stays. */
  readonly inside?: Inside;
  /** It gets them as 4, 5, …; they are still to be closed here. */
  readonly descriptors?: readonly number[];
}

/** Starts `script` of this folder. `role` names the process in messages to people. */
export function startChild<To extends Message, From extends Message>(
  role: string,
  script: string,
  { args = [], inside = HERE, descriptors = [] }: ChildOptions = {},
): Child<To, From> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  // The child's own standard output would land between the lines of the table.
  const child = inside(() =>
    fork(path, args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc', ...descriptors],
      serialization: 'advanced',
    }),
  );
  const said = new EventEmitter().setMaxListeners(0);
  let failed = false;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    if (child.pid === undefined) resolve();
  });
  const lost = new Promise<never>((_, reject) => {
    said.once('failed', ({ message }: { message: string }) => {
      failed = true;
      reject(new InvalidRunError(`${role}: ${message}`));
    });
    child.once('exit', (code, signal) =>
      reject(new InvalidRunError(`${role} process ${child.pid} ended by ${signal ?? `exit status ${code}`}`)),
    );
    // Of a message to a child that is gone the exit says more; one that could not be started has none.
    child.on('error', (cause) => {
      if (child.pid !== undefined) return;
      reject(new InvalidRunError(`${role} process cannot be started: ${errorCodeOf(cause)}`, { cause }));
    });
  });
  lost.catch(() => {}); // nobody may be waiting when it happens
  child.on('message', (message: Message) => said.emit(message.type, message));

  return {
    pid: child.pid ?? 0,
    lost,
    get alive() {
      return !failed && child.exitCode === null && child.signalCode === null;
    },
    send(message) {
      if (child.connected) child.send(message, () => {});
    },
    async next(type) {
      const [message] = await Promise.race([once(said, type), lost]);
      return message;
    },
    on(type, listener) {
      said.on(type, listener);
      return () => said.off(type, listener);
    },
    async end(farewell) {
      const killing = setTimeout(() => child.kill('SIGKILL'), farewell === undefined ? 0 : FAREWELL_MS);
      if (farewell !== undefined && child.connected) child.send(farewell, () => {});
      await exited;
      clearTimeout(killing);
    },
  };
}

/** Sends an order and waits for the answer to it. @throws InvalidRunError when the child fails or dies first */
export function ask<To extends { type: string }, From extends { type: string }, Type extends From['type']>(
  child: Child<To, From>,
  order: To,
  answer: Type,
): Promise<Extract<From, { type: Type }>> {
  const answered = child.next(answer);
  child.send(order);
  return answered;
}
