// One transfer for the run itself, which puts files in place and tidies up: active, or passive where that fails.
import { connect } from 'node:net';
import { announcement } from '../../client/announcement.ts';
import { parseHostPort } from '../../ftp/host-port.ts';
import { Arrival, Catcher } from '../server/catcher.ts';
import type { Scope } from '../server/scope.ts';
import { type ProbeSession, STEP_MS } from '../server/session.ts';

/** Whole or nothing: undefined for a transfer that was refused or did not complete. */
export async function transferOnce(
  session: ProbeSession,
  scope: Scope,
  command: string,
  upload?: Buffer,
): Promise<Buffer | undefined> {
  return (
    (await transferBy(activeConnection, session, scope, command, upload)) ??
    (await transferBy(passiveConnection, session, scope, command, upload))
  );
}

type Connection = (session: ProbeSession, scope: Scope) => Promise<(() => Arrival | undefined) | undefined>;

async function transferBy(
  connection: Connection,
  session: ProbeSession,
  scope: Scope,
  command: string,
  upload?: Buffer,
): Promise<Buffer | undefined> {
  const arrival = await connection(session, scope);
  if (arrival === undefined) return undefined;
  session.send(command);
  const refused = () => (session.control.replies.at(-1)?.replyCode ?? 0) >= 400 || undefined;
  const data = await scope.until(() => arrival() ?? refused(), STEP_MS);
  if (!(data instanceof Arrival)) {
    while (session.take() !== undefined);
    return undefined;
  }
  if (upload !== undefined) data.write(upload);
  else data.read();
  if (upload === undefined) await scope.until(() => data.ended || undefined, STEP_MS);
  data.finish();
  const reply = await session.final(STEP_MS);
  return reply !== undefined && reply.replyCode < 300 ? data.content : undefined;
}

const activeConnection: Connection = async (session, scope) => {
  const catcher = await Catcher.listen(session.local.address, scope);
  const reply = await session.command(announcement(undefined, catcher.local));
  return reply?.replyCode === 200 ? () => catcher.arrivals[0] : undefined;
};

const passiveConnection: Connection = async (session, scope) => {
  const reply = await session.command('PASV');
  const told = parseHostPort(/\d+(?:,\d+){5}/.exec(reply?.text ?? '')?.[0] ?? '');
  if (reply?.replyCode !== 227 || told === undefined) return undefined;
  return dialled({ address: session.control.remote.address, port: told.port }, session, scope);
};

function dialled(
  remote: { address: string; port: number },
  { local }: ProbeSession,
  scope: Scope,
): () => Arrival | undefined {
  const socket = connect({ host: remote.address, port: remote.port, allowHalfOpen: true });
  socket.on('connect', scope.changed);
  const arrival = scope.owns(new Arrival(socket, local, scope.changed));
  return () => (socket.connecting || socket.destroyed ? undefined : arrival);
}
