// What a command of this server is: how it runs in its session, and what must hold before it may.
import type { Command } from '../../ftp/command-line.ts';

/** `Session` is open here: a session has commands, so a command that named its class would close a circle. */
export interface Verb<Session> {
  /** @throws Refusal with the reply, whatever the command has not replied itself */
  run(session: Session, command: Command): void | Promise<void>;
  /** What stands behind the verb, for HELP; '' unless set. */
  readonly syntax?: string;
  readonly needsArgument?: boolean;
  readonly beforeLogin?: boolean;
  /** Its argument is a path, with which it is told to whoever logs that it was refused; no other argument is. */
  readonly namesFile?: boolean;
  /** Uses a data connection: ABOR ends it. */
  readonly transfer?: boolean;
  /** Says where the next data connection goes, or comes from: refused, it forgets what was said before. */
  readonly namesDataPort?: boolean;
  /** Whether it is answered at once while a transfer runs. */
  inTransfer?(command: Command): boolean;
}

/** Undefined for what the server does not know. `verb` is upper-cased. */
export type FindVerb<Session> = (verb: string) => Verb<Session> | undefined;
