// PORT where nobody listens, to somebody else, and to a privileged port.
import { randomInt } from 'node:crypto';
import { familyOf } from '../../../address.ts';
import { announcement } from '../../../client/announcement.ts';
import { Catcher } from '../catcher.ts';
import type { AnnouncementFacts, RefusedPortFact } from '../facts.ts';
import { FINAL_MS, type ProbeRun, prepareTry, scoped } from '../probe-run.ts';
import { ProbeSession, STEP_MS } from '../session.ts';

/** The last one that RFC 2577 §3 has a server refuse. */
const PRIVILEGED_PORT = 1023;
/** Addresses of nobody: RFC 5737 and RFC 3849, for documentation. */
const NOBODY = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;

/** The replies when the data connection is refused: a 150 among them was said before it was known to work. */
export function observeRefusedPort(run: ProbeRun): Promise<RefusedPortFact> {
  return scoped(run, async (scope) => {
    const { attempt, catcher } = await prepareTry(run, scope);
    catcher.close();
    attempt.announce();
    await attempt.outcome(STEP_MS);
    const { port, transfer } = attempt.replyCodes;
    return { portReplyCode: port[0], replyCodes: transfer };
  });
}

export async function observeAnnouncements(run: ProbeRun): Promise<AnnouncementFacts> {
  return { foreign: await foreignAddress(run), privileged: await privilegedPort(run) };
}

/** On loopback it is followed up: does the server really dial somebody else? Elsewhere nobody's address is named. */
function foreignAddress(run: ProbeRun): Promise<AnnouncementFacts['foreign']> {
  return scoped(run, async (scope) => {
    const session = await ProbeSession.open(run.target, scope);
    const { address: own } = session.local;
    if (!own.startsWith('127.')) {
      const address = NOBODY[familyOf(own)];
      const reply = await session.command(announcement(undefined, { address, port: 40_000 }));
      return { address, replyCode: reply?.replyCode, dialled: undefined };
    }
    const other = await Catcher.listen(otherLoopback(), scope);
    const reply = await session.command(announcement(undefined, other.local));
    if (reply !== undefined && reply.replyCode < 300) session.send('LIST');
    const refused = reply === undefined || reply.replyCode >= 300;
    const arrived = refused ? undefined : await scope.until(() => other.arrivals[0], FINAL_MS);
    return { address: other.local.address, replyCode: reply?.replyCode, dialled: arrived !== undefined };
  });
}

function otherLoopback(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

/** No transfer follows: the reply to PORT is all that is wanted. */
function privilegedPort(run: ProbeRun): Promise<AnnouncementFacts['privileged']> {
  return scoped(run, async (scope) => {
    const session = await ProbeSession.open(run.target, scope);
    const place = { address: session.local.address, port: PRIVILEGED_PORT };
    const reply = await session.command(announcement(undefined, place));
    return { port: PRIVILEGED_PORT, replyCode: reply?.replyCode };
  });
}
