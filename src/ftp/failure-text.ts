// The text of a 425 (and 426) that says which step failed, written by the server and read back by the client.
import { type Endpoint, parseEndpoint } from '../address.ts';
import { type DataConnectionFailure, describeFailure, type Phase } from '../errors.ts';

const CANNOT_BUILD = "Can't build data connection: ";
const LOST = 'Data connection lost: ';

/** `Can't build data connection: bind 127.0.0.1:2120: EADDRINUSE after 11 tries (55 s)`: the text of a 425. */
export function formatFailureText(failure: DataConnectionFailure): string {
  // The wording before the colon is BSD ftpd's; a connection that was up and broke is RFC 959's 426.
  const what = failure.phase === 'transfer' ? LOST : CANNOT_BUILD;
  return what + describeFailure(failure);
}

const FAILURE =
  /(bind|connect|transfer) (\S+?)(?: -> (\S+?))?: ([A-Z][A-Z0-9_]*)(?: after (\d+) tries \((\d+(?:\.\d+)?) s\))?$/;

/**
 * Reads what `formatFailureText` wrote, with or without the reply code before it; undefined for any other text.
 * `waitedMs` is as exact as the text: one decimal of a second, three below one second.
 */
export function parseFailureText(text: string): DataConnectionFailure | undefined {
  const what = [CANNOT_BUILD, LOST].find((known) => text.includes(known));
  if (what === undefined) return undefined;
  const detail = text.slice(text.indexOf(what) + what.length).trimEnd();
  const [all, phase, localText = '', remoteText, errorCode = '', tries = '1', seconds = '0'] =
    FAILURE.exec(detail) ?? [];
  const local = parseEndpoint(localText);
  if (all !== detail || local === undefined) return undefined;
  const remote = parseRemote(remoteText);
  if (remote === 'bad') return undefined;
  const waitedMs = Math.round(Number(seconds) * 1000);
  return { phase: phase as Phase, errorCode, local, remote, bindCalls: Number(tries), waitedMs };
}

function parseRemote(text: string | undefined): Endpoint | undefined | 'bad' {
  return text === undefined ? undefined : (parseEndpoint(text) ?? 'bad');
}
