// The server's own data port: there is none, somebody has it, or its binds stand in each other's way.
import type { DiagnosisFinding } from '../../types.ts';
import { errnoIn, inSeries, isFailed, isOk, type TransferFact, translatedTo } from '../facts.ts';
import { type Cause, share, told } from './cause.ts';

const atBind = (fact: TransferFact) =>
  fact.stage === 'connect' && fact.from === undefined && errnoIn(fact) === 'EADDRINUSE';

export const noFixedPort: Cause = (facts) => {
  const done = inSeries(facts, 'serial', 'eprt', 'same-port', 'parallel').filter(
    ({ from }) => from !== undefined,
  );
  const ports = new Set(done.map(({ from }) => from?.port));
  if (done.length < 3 || ports.size < 2) return undefined;
  const translated = translatedTo(facts);
  return {
    ids: translated === undefined ? ['no-fixed-port'] : ['no-fixed-port', 'source-port-translated'],
    cause:
      translated === undefined
        ? 'The server binds no fixed port for its data connections: a firewall that admits one port blocks them.'
        : 'The server binds no fixed port for its data connections, or a translation on the way changes it.',
    evidence: `${done.length} data connections came from ${ports.size} ports: ${[...ports].slice(0, 5).join(', ')}`,
    advice:
      'Set the server to a fixed data port (vsftpd: connect_from_port_20; ProFTPD: RootRevoke off; port20 serve does), or admit all ports from it.',
  };
};

/** Which rule keeps the port: the pattern of what works and what does not tells. */
export const portTaken: Cause = (facts) => {
  const serial = inSeries(facts, 'serial', 'eprt', 'same-port');
  const taken = serial.filter(atBind);
  const [first] = taken;
  if (first === undefined) return undefined;
  const evidence = `${share(taken, serial, 'transfers one after another')}: ${told(first)}`;
  // An announcement that was refused is another matter.
  const lost = serial.filter((fact) => isFailed(fact) && fact.stage !== 'announce');
  if (taken.length < lost.length) return undefined;
  if (!serial.some(isOk)) return takenByAnother(evidence);
  return {
    ids: ['port-taken-time-wait'],
    cause:
      'The server’s data port is taken by its own last transfer: it binds without SO_REUSEADDR, so that TIME_WAIT keeps the port for a minute.',
    evidence,
    advice:
      'Have the server set SO_REUSEADDR or SO_REUSEPORT before it binds (port20 serve --binder reuse-port).',
  };
};

function takenByAnother(evidence: string): DiagnosisFinding {
  return {
    ids: ['port-taken-by-another', 'port-taken-time-wait'],
    cause:
      'The server’s data port is taken: by another program on its host, or by TIME_WAIT of transfers before these.',
    evidence,
    advice:
      'On the server, look who has the port: ss -tanp "sport = :20", or port20 probe --doctor. Free it, or wait a minute and see.',
  };
}

export const noPrivilege: Cause = (facts) => {
  const serial = inSeries(facts, 'serial', 'eprt');
  const refused = serial.filter((fact) => errnoIn(fact) === 'EACCES' && fact.stage === 'connect');
  const [first] = refused;
  if (first === undefined) return undefined;
  return {
    ids: ['no-privilege'],
    cause: 'The server may not bind its data port: below 1024 it needs a privilege.',
    evidence: `${share(refused, serial, 'transfers')}: ${told(first)}`,
    advice: 'Give it CAP_NET_BIND_SERVICE, or lower net.ipv4.ip_unprivileged_port_start.',
  };
};

/** One after another they work, at once they do not. */
export const portNotShared: Cause = (facts) => {
  const parallel = inSeries(facts, 'parallel');
  const failed = parallel.filter(isFailed);
  const [first] = failed;
  if (first === undefined || inSeries(facts, 'serial').some(isFailed)) return undefined;
  return {
    ids: ['port-not-shared'],
    cause:
      'Transfers at once keep each other from the server’s data port: it is exclusive from bind to connect, or through a transfer.',
    evidence: `${share(failed, parallel, 'transfers at once failed, and none one after another')}: ${told(first)}`,
    advice: 'Have the server set SO_REUSEPORT before it binds, or let clients make one transfer at a time.',
  };
};

export const tupleInTimeWait: Cause = (facts) => {
  const again = inSeries(facts, 'same-port');
  const [, second] = again;
  if (second === undefined || isOk(second) || !isOk(again[0] ?? second)) return undefined;
  if (inSeries(facts, 'serial').some(isFailed)) return undefined;
  return {
    ids: ['tuple-in-time-wait'],
    cause:
      'A client that names one port twice meets its own last connection: the 4-tuple is in TIME_WAIT at the server.',
    evidence: `to a new port each time all went well, to the same one the second did not: ${told(second)}`,
    advice:
      'Have the client listen on a new port for each transfer, or the server wait (port20 serve --connect-retry); with TCP timestamps on both ends it would pass.',
  };
};
