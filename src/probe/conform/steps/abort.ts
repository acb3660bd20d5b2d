// ABOR in its forms, in the middle of a transfer (RFC 959 §4.1.3), and what is said of it.
import { sendUrgent } from '../../../net/urgent.ts';
import type { CaseVerdict } from '../../types.ts';
import type { Step } from '../case.ts';
import type { Talk } from '../talk.ts';
import { escaped } from './say.ts';

/** One piece after another, each in a packet of its own; the last byte of an urgent one is marked so. */
export interface AbortPiece {
  readonly bytes: string;
  readonly urgent?: boolean;
  readonly afterMs?: number;
}

/** Both replies: 426 to the transfer, 226 or 225 to ABOR. */
export function abort(...pieces: readonly AbortPiece[]): Step {
  return {
    sends: pieces.map(({ bytes, urgent }) => escaped(bytes) + (urgent ? ' (urgent)' : '')).join(', '),
    expects: '426, then 226 or 225; tolerable: one reply, another order, or only once the data have ended',
    async run(talk) {
      for (const { bytes, urgent, afterMs } of pieces) {
        if (afterMs !== undefined) await talk.scope.pause(afterMs);
        const raw = Buffer.from(bytes, 'latin1');
        if (!urgent) talk.session.control.sendBytes(raw);
        else if (!sendUrgent(talk.session.control.socket, raw))
          return { verdict: 'not-run', seen: 'urgent data cannot be sent from here' };
      }
      return answered(talk);
    },
  };
}

async function answered(talk: Talk) {
  const codes = await codesWithin(talk);
  // Some look at the control connection only between two pieces of the data, or behind them.
  const late = codes.length === 0;
  if (late) {
    talk.data.at(-1)?.drain();
    talk.data.at(-1)?.finish();
    codes.push(...(await codesWithin(talk)));
  }
  const seen = codes.length === 0 ? 'no reply' : codes.join(', ') + (late ? ', once the data had ended' : '');
  return { verdict: verdictOf(codes, late), seen: `ABOR → ${seen}` };
}

async function codesWithin(talk: Talk): Promise<number[]> {
  const codes: number[] = [];
  const { stepMs, settleMs } = talk.patience;
  for (let ms = stepMs / 2; codes.length < 3; ms = settleMs) {
    const reply = await talk.answered(ms);
    if (typeof reply === 'string') break;
    codes.push(reply.replyCode);
  }
  return codes;
}

function verdictOf(codes: readonly number[], late: boolean): CaseVerdict {
  const [first = 0, second] = codes;
  const isDone = (code: number | undefined) => code === 226 || code === 225;
  const isBroken = (code: number | undefined) => code === 426 || code === 451;
  if (codes.length === 2 && isBroken(first) && isDone(second)) return late ? 'tolerable' : 'conforms';
  // Both replies are there, whichever of them the client takes for which.
  if (codes.length === 2 && isDone(first) && (isDone(second) || isBroken(second))) return 'tolerable';
  return codes.length === 1 && (isDone(first) || first === 426) ? 'tolerable' : 'breaks';
}
