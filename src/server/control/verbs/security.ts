// AUTH, PBSZ, PROT and CCC (RFC 4217): TLS on the control connection, and what it means for data connections.
import type { Command } from '../../../ftp/command-line.ts';
import { Refusal } from '../../refusal.ts';
import { notOffered, type Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const SECURITY_VERBS: Readonly<Record<string, Verb<Session>>> = {
  AUTH: { run: runAuth, syntax: 'TLS', needsArgument: true, beforeLogin: true },
  PBSZ: { run: runPbsz, syntax: '0', needsArgument: true, beforeLogin: true },
  PROT: { run: runProt, syntax: '(C | P)', needsArgument: true, beforeLogin: true },
  CCC: { run: runCcc, beforeLogin: true },
};

/** RFC 4217 §4: the mechanism is TLS. `SSL`, of drafts before it, meant what no client of today may speak. */
async function runAuth(session: Session, { argument }: Command): Promise<void> {
  requireOffered(session);
  const mechanism = argument.trim().toUpperCase();
  if (mechanism !== 'TLS') throw new Refusal(504, `No AUTH '${argument.trim()}': AUTH TLS is there.`);
  if (session.tls.on) throw new Refusal(503, 'TLS is on already.');
  await session.startTls(234, 'Begin TLS.');
}

/** RFC 4217 §8: TLS protects a stream, and has no buffers to agree on. */
function runPbsz(session: Session, { argument }: Command): void {
  requireTls(session, 'PBSZ');
  if (!/^\d{1,10}$/.test(argument.trim())) throw new Refusal(501, 'PBSZ needs a number: 0.');
  session.tls.bufferSizeSaid = true;
  // RFC 2228 §3: a smaller size than was asked for is told in these words.
  session.reply(200, Number(argument) === 0 ? 'PBSZ is 0.' : 'PBSZ=0');
}

/** RFC 4217 §9, RFC 2228 §3. Read when a transfer starts: PORT and PASV may come before it. */
function runProt(session: Session, { argument }: Command): void {
  const { tls } = session;
  requireTls(session, 'PROT');
  if (!tls.bufferSizeSaid) throw new Refusal(503, 'Send PBSZ 0 before PROT.');
  const level = argument.trim().toUpperCase();
  switch (level) {
    case 'C':
      if (tls.required) throw new Refusal(534, 'Data connections need TLS here: PROT P.');
      break;
    case 'P':
      break;
    case 'S':
    case 'E':
      throw new Refusal(536, `TLS has no PROT ${level}: it is C or P.`);
    default:
      throw new Refusal(504, `No PROT '${level}': it is C or P.`);
  }
  tls.protect(level);
  session.reply(200, `PROT is ${level}.`);
}

/** RFC 4217 §6: from then on anybody between could send commands, and read names. */
function runCcc(session: Session): void {
  requireOffered(session);
  if (!session.tls.on) throw new Refusal(533, 'The control connection is in the clear.');
  throw new Refusal(534, 'The control connection stays under TLS.');
}

function requireTls(session: Session, verb: string): void {
  requireOffered(session);
  if (!session.tls.on) throw new Refusal(503, `Send AUTH TLS before ${verb}.`);
}

function requireOffered({ tls }: Session): void {
  if (!tls.offered) throw notOffered();
}
