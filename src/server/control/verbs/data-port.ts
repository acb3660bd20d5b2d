// PORT, EPRT, PASV and EPSV: where the next data connection goes, or comes from.
import { type Endpoint, familyOf } from '../../../address.ts';
import { errorCodeOf } from '../../../errors.ts';
import type { Command } from '../../../ftp/command-line.ts';
import { formatEpsv, formatHostPort, parseEprt, parseHostPort } from '../../../ftp/host-port.ts';
import { dialledFor, LOWEST_PORT } from '../../data/active-address.ts';
import { activeChannel } from '../../data/channel.ts';
import { passiveChannel } from '../../data/passive.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { Verb } from '../verb.ts';

export const DATA_PORT_VERBS: Readonly<Record<string, Verb<Session>>> = {
  PORT: { run: runPort, syntax: '<h1,h2,h3,h4,p1,p2>', needsArgument: true, namesDataPort: true },
  EPRT: { run: runEprt, syntax: '<|1|address|port|>', needsArgument: true, namesDataPort: true },
  PASV: { run: runPasv, namesDataPort: true },
  EPSV: { run: runEpsv, syntax: '[1 | 2 | ALL]', namesDataPort: true },
};

function runPort(session: Session, { argument }: Command): void {
  refuseAfterEpsvAll(session);
  const endpoint = parseHostPort(argument);
  if (endpoint === undefined)
    throw new Refusal(501, 'PORT needs six numbers of 0 to 255: h1,h2,h3,h4,p1,p2.');
  dialTo(session, endpoint);
  session.reply(200, 'PORT command successful.');
}

function runEprt(session: Session, { argument }: Command): void {
  refuseAfterEpsvAll(session);
  const endpoint = parseEprt(argument);
  if (endpoint === 'bad-syntax') throw new Refusal(501, 'EPRT needs |1|address|port| or |2|address|port|.');
  const family = familyOf(session.peer.address);
  if (endpoint === 'unknown-protocol' || familyOf(endpoint.address) !== family) {
    throw new Refusal(522, `Network protocol not supported, use (${family === 4 ? 1 : 2})`); // RFC 2428 §2
  }
  dialTo(session, endpoint);
  session.reply(200, 'EPRT command successful.');
}

function dialTo(session: Session, claimed: Endpoint): void {
  refuseZone(session, 504);
  const remote = dialledFor(claimed, session.peer, session.context.activeAddress);
  session.useChannel(dialled(session, remote, claimed));
}

/** EPRT has no form for a zone (RFC 2428 §2), and the binders have no sin6_scope_id: nobody dials a link-local address. */
function refuseZone({ peer }: Session, replyCode: number): void {
  if (!peer.address.includes('%')) return;
  throw new Refusal(replyCode, `No active mode to the link-local address ${peer.address}: use EPSV.`);
}

/** @param claimed by PORT or EPRT, where that is another address */
function dialled(session: Session, remote: Endpoint, claimed = remote) {
  const { binder, clock, bindToConnectMs, connectTimeoutMs, connectWaits } = session.context;
  return activeChannel({
    binder,
    clock,
    bindToConnectMs,
    connectTimeoutMs,
    connectWaits,
    // The client expects its data from where it sent its commands, also when we listen on 0.0.0.0 or ::.
    local: { address: session.local.address, port: session.dataPort },
    remote,
    claimed: claimed.address === remote.address ? undefined : claimed,
  });
}

/**
 * RFC 959 §3.2: without PORT, the user-DTP listens on the port of its control connection.
 * @throws Refusal where that is no port to dial
 */
export function channelOf(session: Session) {
  if (session.channel !== undefined) return session.channel;
  if (session.epsvOnly || session.channelRefused || session.peer.port < LOWEST_PORT)
    throw new Refusal(503, 'Send PORT, EPRT, PASV or EPSV first.');
  refuseZone(session, 425);
  return dialled(session, session.peer);
}

async function runPasv(session: Session): Promise<void> {
  refuseAfterEpsvAll(session);
  if (familyOf(session.local.address) === 6) throw new Refusal(425, 'PASV is for IPv4: use EPSV.');
  const outside = await session.context.toldAddress.address().catch((cause: unknown) => {
    throw new Refusal(425, `Can't tell a passive address: ${errorCodeOf(cause)}, use EPSV.`, { cause });
  });
  const { address, port } = await listen(session);
  const told = { address: outside ?? address, port };
  session.reply(227, `Entering Passive Mode (${formatHostPort(told)}).`);
}

async function runEpsv(session: Session, { argument }: Command): Promise<void> {
  const asked = argument.trim().toUpperCase();
  if (asked === 'ALL') {
    session.epsvOnly = true;
    return session.reply(200, 'EPSV ALL: nothing but EPSV from now on.');
  }
  const family = familyOf(session.local.address);
  if (asked !== '' && asked !== (family === 4 ? '1' : '2')) {
    throw new Refusal(522, `Network protocol not supported, use (${family === 4 ? 1 : 2})`);
  }
  const { port } = await listen(session);
  session.reply(229, `Entering Extended Passive Mode ${formatEpsv(port)}`);
}

async function listen(session: Session): Promise<Endpoint> {
  const { dataSockets, acceptTimeoutMs, passivePorts: ports } = session.context;
  const { local, peer } = session;
  const place = { address: local.address, peerAddress: peer.address, ports, dataSockets, acceptTimeoutMs };
  const channel = await passiveChannel(place).catch((cause: unknown) => {
    throw new Refusal(425, `Can't open a passive port: ${noPort(errorCodeOf(cause))}.`, { cause });
  });
  session.useChannel(channel);
  return channel.local;
}

/** For a client, who knows nothing of our settings: the log has advice for the operator. */
function noPort(errorCode: string): string {
  return errorCode === 'EADDRINUSE' ? 'all of them are in use, try again later or use PORT' : errorCode;
}

function refuseAfterEpsvAll(session: Session): void {
  if (session.epsvOnly) throw new Refusal(501, 'Not after EPSV ALL.');
}
