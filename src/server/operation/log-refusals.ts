// One log line for a command that was refused before there was a data connection: `warn` for a 425, with advice.
import type { Logger } from 'pino';
import { REFUSAL_CHANNEL, type RefusalRecord } from '../control/refusal-record.ts';
import { OTHER_ADDRESS } from '../data/active-address.ts';
import { adviceOn } from './advice.ts';
import { follow } from './follow.ts';

const TRANSFERS: readonly string[] = ['RETR', 'STOR', 'APPE', 'STOU', 'LIST', 'NLST', 'MLSD'];

const BEHIND_NAT =
  'the client is behind a NAT that does not translate PORT (under TLS none can), or in a container: have it use passive mode; --active-address peer dials the address that it comes from';

/** Transfers at `info`; what only asks (CWD, SIZE, …), and what is asked before the login, at `debug`. @returns how to stop */
export function logRefusals(log: Logger): () => void {
  return follow(REFUSAL_CHANNEL, (record: RefusalRecord) => {
    const { pid: _, server, session, user, peer, command, path, replyCode, reason, code } = record;
    const fields = { server, session, user, peer: peer.address, command, path, replyCode, reason, code };
    const text = `${command} refused`;
    if (replyCode === 425) log.warn({ ...fields, advice: adviceFor(record) }, text);
    else if (code === OTHER_ADDRESS) log.info({ ...fields, advice: BEHIND_NAT }, text);
    else if (TRANSFERS.includes(command) && replyCode !== 530) log.info(fields, text);
    else log.debug(fields, text);
  });
}

function adviceFor({ code = '', path }: RefusalRecord): string {
  // A path: the way that was to be taken was there before the command, and none could be dialled (a link-local address).
  return adviceOn({ step: path === undefined ? 'listen' : 'accept', code, binder: 'passive', port: 0 });
}
