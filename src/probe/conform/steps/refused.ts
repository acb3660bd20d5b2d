// Transfers whose data connection cannot come up: refused by the client's host, or never answered.
import { formatHostPort } from '../../../ftp/host-port.ts';
import type { Step } from '../case.ts';
import type { Talk } from '../talk.ts';

/** LIST to a port that nobody listens on. */
export const refusedTransfer: Step = {
  sends: 'LIST',
  expects: '4xx, or 1xx and then 4xx',
  async run(talk) {
    talk.session.send('LIST');
    const codes = await finalCodes(talk, talk.patience.stepMs);
    return { verdict: isRefusal(codes.at(-1)) ? 'conforms' : 'breaks', seen: `LIST → ${codes.join(', ')}` };
  },
};

/**
 * As behind a firewall that drops the server's SYN. Clients give up after 15 seconds (WinSCP) or 20 (FileZilla): who is
 * later than that has lost the session.
 */
export const unanswered: Step = {
  sends: 'PORT to where nobody answers, LIST, NOOP',
  expects: '425 before clients give up, and 200 to NOOP',
  async run(talk) {
    const deaf = await talk.listenDeaf();
    if (deaf === undefined) return { verdict: 'not-run', seen: 'no port can be made that answers nobody' };
    const port = await talk.session.command(`PORT ${formatHostPort(deaf)}`);
    if (port?.replyCode !== 200)
      return {
        verdict: 'not-run',
        seen: `PORT → ${port?.replyCode ?? 'no reply'}, with nobody answering there`,
      };
    talk.session.send('LIST');
    const codes = await finalCodes(talk, talk.patience.unansweredMs);
    const seen = `LIST → ${codes.join(', ')}`;
    if (!isRefusal(codes.at(-1)))
      return { verdict: 'breaks', seen: `${seen} within ${talk.patience.unansweredMs} ms` };
    const noop = await talk.session.command('NOOP');
    return {
      verdict: noop?.replyCode === 200 ? 'conforms' : 'breaks',
      seen: `${seen}, NOOP → ${noop?.replyCode}`,
    };
  },
};

/** More than one preliminary reply breaks; a server that sends them without end is not heard out. */
const MOST_CODES = 10;

/** Until one that is none of the preliminary ones, or something in its place. */
async function finalCodes(talk: Talk, ms: number): Promise<(number | string)[]> {
  const codes: (number | string)[] = [];
  for (;;) {
    const answered = await talk.answered(ms);
    codes.push(typeof answered === 'string' ? IN_WORDS[answered] : answered.replyCode);
    if (typeof answered === 'string' || answered.replyCode >= 200 || codes.length === MOST_CODES)
      return codes;
  }
}

const IN_WORDS = { none: 'no reply', end: 'the session ends' } as const;

function isRefusal(code: number | string | undefined): boolean {
  return typeof code === 'number' && code >= 400 && code < 500;
}
