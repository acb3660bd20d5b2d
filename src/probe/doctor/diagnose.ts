// `probe --doctor`: what on this host can keep a server or a run from working, before it does.
import { isIP } from 'node:net';
import { UsageError } from '../../errors.ts';
import { describeHost } from '../host.ts';
import type { DoctorCheck, DoctorReport } from '../types.ts';
import { checkConntrack } from './checks/conntrack.ts';
import { checkAcceptQueue, checkDescriptors } from './checks/limits.ts';
import { checkFfi, checkNode, checkSocketDiag } from './checks/platform.ts';
import {
  checkControlPort,
  checkDataPortListener,
  checkDataPortSockets,
  checkLocalAddress,
} from './checks/port-users.ts';
import { checkControlPortPrivilege, checkDataPortPrivilege, checkEphemeralRange } from './checks/ports.ts';
import { checkReuseAddrCost } from './checks/reuse-addr.ts';
import { checkTimestamps, checkTimeWaitReuse, checkTimeWaitRoom } from './checks/time-wait.ts';
import { checkContainer, checkFtpHelper } from './checks/translation.ts';
import type { Facts, Intention } from './facts.ts';
import { bindTrial, gatherFacts } from './gather.ts';

export interface DoctorOptions {
  /** IP literal that the server listens on; 127.0.0.1 unless set. */
  readonly host?: string;
  /** 2121 unless set. */
  readonly controlPort?: number;
  /** One below the control port unless set (RFC 959 §3.2). */
  readonly dataPort?: number;
  /** Sessions at once, all in one process; unknown unless set. */
  readonly sessions?: number;
}

const CHECKS: readonly ((facts: Facts) => DoctorCheck)[] = [
  checkNode,
  checkFfi,
  checkSocketDiag,
  checkDescriptors,
  checkAcceptQueue,
  checkLocalAddress,
  checkControlPortPrivilege,
  checkControlPort,
  checkDataPortPrivilege,
  checkDataPortListener,
  checkDataPortSockets,
  checkEphemeralRange,
  checkTimeWaitRoom,
  checkTimestamps,
  checkTimeWaitReuse,
  checkReuseAddrCost,
  checkConntrack,
  checkFtpHelper,
  checkContainer,
];

/** Quick, and changes nothing: the only sockets it makes are trial binds, closed again. @throws UsageError */
export function diagnose(options: DoctorOptions = {}): DoctorReport {
  const facts = { ...gatherFacts(intentionOf(options)), bindTrial: bindTrial() };
  return { formatVersion: 1, host: describeHost(), checks: examine(facts) };
}

/** Every check on facts that are there already, in the order of the report. */
function examine(facts: Facts): DoctorCheck[] {
  return CHECKS.map((check) => check(facts));
}

function intentionOf({ host = '127.0.0.1', controlPort = 2121, ...rest }: DoctorOptions): Intention {
  const { dataPort = controlPort - 1, sessions = null } = rest;
  if (isIP(host) === 0) throw new UsageError(`host '${host}' is not an IP address`);
  for (const [name, port] of Object.entries({ controlPort, dataPort })) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new UsageError(`${name} must be a whole number from 1 to 65535, not '${port}'`);
    }
  }
  if (sessions !== null && !(Number.isInteger(sessions) && sessions >= 1)) {
    throw new UsageError(`sessions must be a whole number from 1 on, not '${sessions}'`);
  }
  return { host, controlPort, dataPort, sessions, sessionsPerProcess: sessions };
}
