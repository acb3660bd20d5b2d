// Steps that a server in use is spared unless asked for: floods, guesses, a stranger on a passive port.
import { connect } from 'node:net';
import { systemClock } from '../../../clock.ts';
import { parseHostPort } from '../../../ftp/host-port.ts';
import { inScope } from '../../server/scope.ts';
import { ProbeSession } from '../../server/session.ts';
import type { Step } from '../case.ts';
import type { Talk } from '../talk.ts';

const GUESSES = 12;
/** In which a script that guesses gets twelve answers, unless it is held up. */
const UNHELD_MS = 3000;

/** RFC 2577 §5: three to five tries, then the end; or five seconds before each answer. */
export const guessPasswords: Step = {
  sends: `USER, PASS wrong; ${GUESSES} times`,
  expects: 'the end of the session, tolerable answers that take their time',
  async run(talk) {
    const startedAtMs = systemClock.nowMs();
    for (let guess = 1; guess <= GUESSES; guess++) {
      talk.session.send(`USER no-such-user-${guess}`);
      const user = await talk.answered(talk.patience.stepMs);
      if (user === 'end')
        return { verdict: 'conforms', seen: `the session ends behind ${guess - 1} guesses` };
      talk.session.send('PASS wrong');
      const answered = await talk.answered(talk.patience.stepMs);
      if (answered === 'end')
        return { verdict: 'conforms', seen: `the session ends behind ${guess} guesses` };
      if (typeof answered !== 'string' && answered.replyCode === 230)
        return { verdict: 'not-run', seen: 'any user may log in' };
      if (typeof answered !== 'string' && answered.replyCode === 421)
        return { verdict: 'conforms', seen: `421 behind ${guess} guesses` };
    }
    const tookMs = systemClock.nowMs() - startedAtMs;
    const seen = `${GUESSES} guesses answered within ${Math.round(tookMs)} ms`;
    return { verdict: tookMs < UNHELD_MS ? 'breaks' : 'tolerable', seen };
  },
};

/** So many bytes at once, whose replies are not counted. */
export function flood(bytes: string, times: number, what: string): Step {
  return {
    sends: `${what}, ${times} times`,
    expects: '',
    async run(talk) {
      talk.session.control.sendBytes(Buffer.from(bytes.repeat(times), 'latin1'));
      return { verdict: 'conforms', seen: '' };
    },
  };
}

/** Whoever comes next is greeted. */
export const nextIsGreeted: Step = {
  sends: '(another session)',
  expects: '220, tolerable 421',
  async run(talk) {
    const session = await talk.connect();
    const reply = await session.next(talk.patience.stepMs);
    const seen = `another session → ${reply?.replyCode ?? 'no greeting'}`;
    if (reply?.replyCode === 220) return { verdict: 'conforms', seen };
    return { verdict: reply?.replyCode === 421 ? 'tolerable' : 'breaks', seen };
  },
};

/** So many at once; they are closed before the case goes on. */
export function manySessions(count: number): Step {
  return {
    sends: `(${count} sessions at once)`,
    expects: '220 or 421 to each',
    run: (talk) =>
      inScope(talk.scope.signal, async (scope) => {
        const sessions: ProbeSession[] = [];
        for (let i = 0; i < count; i++) sessions.push(await ProbeSession.connect(talk.target, scope));
        const counts = { greeted: 0, refused: 0, ignored: 0 };
        for (const session of sessions) {
          const reply = await session.next(talk.patience.stepMs);
          if (reply?.replyCode === 220) counts.greeted += 1;
          else if (reply?.replyCode === 421 || session.endedAtMs !== undefined) counts.refused += 1;
          else counts.ignored += 1;
          if (counts.ignored > 0) break;
        }
        const seen = `${counts.greeted} greeted, ${counts.refused} refused${counts.ignored > 0 ? ', then silence' : ''}`;
        return { verdict: counts.ignored > 0 ? 'breaks' : 'conforms', seen };
      }),
  };
}

/** RFC 2577 §3, §8: a port that PASV has opened is for the client alone, and a guess must not get its file. */
export const strangerOnPassivePort: Step = {
  sends: 'PASV, a connection there from another address, RETR {file}',
  expects: 'no byte for the stranger',
  async run(talk) {
    const reply = await talk.session.command('PASV');
    const told = parseHostPort(/\d+(?:,\d+){5}/.exec(reply?.text ?? '')?.[0] ?? '');
    if (told === undefined) return { verdict: 'not-run', seen: `PASV → ${reply?.replyCode ?? 'no reply'}` };
    const { address } = talk.session.control.remote;
    const stranger = connect({ host: address, port: told.port, localAddress: neighbourOf(talk) });
    talk.scope.owns({ close: () => stranger.destroy() });
    let bytes = 0;
    stranger
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
    await talk.scope.until(() => !stranger.connecting || undefined, talk.patience.stepMs);
    talk.session.send(`RETR ${talk.filled('{file}')}`);
    await talk.scope.pause(talk.patience.settleMs);
    const seen = `the stranger got ${bytes} bytes`;
    return { verdict: bytes > 0 ? 'breaks' : 'conforms', seen };
  },
};

/** Of 127/8, all of which is this host. */
function neighbourOf({ session }: Talk): string {
  const bytes = session.local.address.split('.').map(Number);
  const last = bytes[3] ?? 0;
  return [...bytes.slice(0, 3), last > 1 ? last - 1 : last + 1].join('.');
}
