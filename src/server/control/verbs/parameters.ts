// The transfer parameters: TYPE, MODE, STRU, REST, and ALLO, which asks for room.
import type { Command } from '../../../ftp/command-line.ts';
import { isAllocation, parseByteCount, parseType } from '../../../ftp/parameters.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const PARAMETER_VERBS: Readonly<Record<string, Verb<Session>>> = {
  TYPE: { run: runType, syntax: '(A | I | L 8)', needsArgument: true },
  MODE: only('MODE', 'S', 'S for stream'),
  STRU: only('STRU', 'F', 'F for file'),
  REST: { run: runRest, syntax: '<bytes>', needsArgument: true },
  ALLO: { run: runAllo, syntax: '<bytes> [R <record bytes>]', needsArgument: true },
};

function runType(session: Session, { argument }: Command): void {
  const type = parseType(argument);
  if (type === undefined) throw new Refusal(504, 'TYPE is A, I or L 8.');
  session.type = type;
  session.reply(200, `TYPE is ${argument.trim().toUpperCase()}.`);
}

/** RFC 1123 §4.1.2.13: of modes and structures a server must have these, and no client of today has others. */
function only(verb: string, value: string, meaning: string): Verb<Session> {
  return {
    run(session, { argument }) {
      if (argument.trim().toUpperCase() !== value) throw new Refusal(504, `${verb} is ${meaning} only.`);
      session.reply(200, `${verb} is ${value}.`);
    },
    syntax: value,
    needsArgument: true,
  };
}

function runRest(session: Session, { argument }: Command): void {
  const bytes = parseByteCount(argument);
  if (bytes === undefined) throw new Refusal(501, 'REST needs a number of bytes.');
  session.restartBytes = bytes;
  session.reply(350, `Restarting at ${bytes}. Send STOR or RETR.`);
}

/** No room is set aside for anybody; but there are clients that hang up on every answer but 200, 202 among them. */
function runAllo(session: Session, { argument }: Command): void {
  if (!isAllocation(argument)) throw new Refusal(501, 'ALLO needs a number of bytes.');
  session.reply(200, 'No room need be set aside.');
}
