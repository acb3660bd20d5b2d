// Holds the server's 150, and what follows it, until the data connection is there.
import {
  type FTPContext,
  FTPError,
  type FTPResponse,
  type ResponseHandler,
  type TaskResolver,
} from 'basic-ftp';

/** Commands that use a data connection (RFC 959 §4.1.3, RFC 3659 §7), and REST, which basic-ftp sends before RETR. */
const TRANSFER_COMMAND = /^(?:RETR|STOR|STOU|APPE|LIST|NLST|MLSD|REST)\b/i;

export interface TransferEvents {
  /** The transfer command was sent, unless the client was closed. */
  readonly onSent: () => void;
  readonly onReply: (replyCode: number) => void;
  /** The transfer is over, well or badly. */
  readonly onEnd: () => void;
}

export interface ReplyHold {
  /** From the transfer command to the transfer's end. */
  readonly running: boolean;
  /** Replays what was held, in order; nothing is held from now on. */
  release(): void;
  /** Takes the next transfer command out of our hands again. */
  disarm(): void;
}

/**
 * Wraps the next transfer command of `ftp`, once. basic-ftp starts to move bytes on 125 or 150, so these and all
 * that follows wait for `release`: of a small file the 226 may come before the accept. Errors never wait: a 4xx
 * or 5xx, or a lost control connection, ends the transfer whether there is a data connection or not.
 */
export function holdNextTransfer(ftp: FTPContext, events: TransferEvents): ReplyHold {
  const handle = ftp.handle;
  let running = false;
  let connected = false;
  let held: (() => void)[] = [];

  function wrapped(command: string | undefined, handler: ResponseHandler): Promise<unknown> {
    if (command === undefined || !TRANSFER_COMMAND.test(command)) return handle.call(ftp, command, handler);
    ftp.handle = handle;
    running = true;
    const done = handle.call(ftp, command, (reply, task) => {
      report(reply, events);
      if (mustWait(reply)) held.push(() => replay(ftp, handler, reply, task));
      else handler(reply, task);
    });
    done.then(end, end);
    events.onSent();
    return done;
  }

  function mustWait(reply: Error | FTPResponse): boolean {
    if (connected || reply instanceof Error) return false;
    return held.length > 0 || reply.code === 150 || reply.code === 125;
  }

  function end(): void {
    running = false;
    events.onEnd();
  }

  function release(): void {
    connected = true;
    const replies = held;
    held = [];
    for (const replayOne of replies) replayOne();
  }

  function disarm(): void {
    if (ftp.handle === wrapped) ftp.handle = handle;
  }

  ftp.handle = wrapped;
  return {
    get running() {
      return running;
    },
    release,
    disarm,
  };
}

function report(reply: Error | FTPResponse, { onReply }: TransferEvents): void {
  if (!(reply instanceof Error) || reply instanceof FTPError) onReply(reply.code);
}

/** A handler that throws is caught by basic-ftp on the control socket's event; on ours we do the same. */
function replay(
  ftp: FTPContext,
  handler: ResponseHandler,
  reply: Error | FTPResponse,
  task: TaskResolver,
): void {
  try {
    handler(reply, task);
  } catch (error) {
    task.reject(error as Error);
    ftp.closeWithError(error as Error);
  }
}
