// Steps on the control connection: bytes out, a reply in, judged or only needed for what follows.
import {
  type Answer,
  admits,
  answer,
  answeredInWords,
  answerInWords,
  mayBeSilent,
  verdictOn,
} from '../answer.ts';
import { FINE, type Seen, type Step } from '../case.ts';
import type { Talk } from '../talk.ts';

const EOL = '\r\n';

/** A command line, whose one reply is judged. */
export function say(line: string, expected: Answer | string): Step {
  return sayBytes(line + EOL, expected);
}

/** The same of bytes (latin1) that end no line, or several. */
export function sayBytes(bytes: string, expected: Answer | string): Step {
  const wanted = asAnswer(expected);
  return {
    sends: escaped(bytes),
    expects: answerInWords(wanted),
    async run(talk) {
      const sent = talk.filled(bytes);
      talk.session.control.sendBytes(Buffer.from(sent, 'latin1'));
      return judged(talk, wanted, `${escaped(sent)} → `);
    },
  };
}

/** A command line that has to be answered so, or the case is not run. */
export function given(line: string, pattern: string): Step {
  return givenBytes(line + EOL, pattern);
}

export function givenBytes(bytes: string, pattern: string): Step {
  return {
    sends: escaped(bytes),
    expects: '',
    async run(talk) {
      const sent = talk.filled(bytes);
      talk.session.control.sendBytes(Buffer.from(sent, 'latin1'));
      const answered = await talk.answered(talk.patience.stepMs);
      if (admits(pattern, answered)) return FINE;
      return { verdict: 'not-run', seen: `${escaped(sent)} → ${answeredInWords(answered, answer(pattern))}` };
    },
  };
}

/** Bytes whose answer another step looks for. */
export function send(bytes: string): Step {
  return {
    sends: escaped(bytes),
    expects: '',
    async run(talk) {
      const sent = talk.filled(bytes);
      talk.session.control.sendBytes(Buffer.from(sent, 'latin1'));
      return { verdict: 'conforms', seen: escaped(sent) };
    },
  };
}

/** The next reply to what was sent. */
export function then(expected: Answer | string): Step {
  const wanted = asAnswer(expected);
  return { sends: '', expects: answerInWords(wanted), run: (talk) => judged(talk, wanted, '→ ') };
}

/** So many replies, of which each is judged alike. */
export function thenEach(times: number, expected: Answer | string): readonly Step[] {
  return Array.from({ length: times }, () => then(expected));
}

/** Nothing more is said. */
export const silence: Step = then(answer('none'));

export function pause(ms: number): Step {
  return {
    sends: `(${ms} ms later)`,
    expects: '',
    async run(talk) {
      await talk.scope.pause(ms);
      return FINE;
    },
  };
}

/** A server that does not cease to reply is left to its talking. */
const MOST_PASSED_OVER = 20;

/** Replies are passed over until there are none for a while; none of them is judged. */
export const passOver: Step = {
  sends: '',
  expects: '',
  async run(talk) {
    for (let left = MOST_PASSED_OVER; left > 0; left--)
      if (typeof (await talk.answered(talk.patience.settleMs)) === 'string') break;
    return FINE;
  },
};

async function judged(talk: Talk, wanted: Answer, before: string): Promise<Seen> {
  const { stepMs, settleMs } = talk.patience;
  const answered = await talk.answered(mayBeSilent(wanted) ? settleMs : stepMs);
  const seen = before + answeredInWords(answered, wanted);
  return { verdict: verdictOn(answered, wanted), seen, last: admits(wanted.stops, answered) };
}

export function asAnswer(expected: Answer | string): Answer {
  return typeof expected === 'string' ? answer(expected) : expected;
}

const MOST_SHOWN = 70;

/** As it stands in a listing: control characters as `\r`, `\xff`; the CRLF at the end of one line is left out. */
export function escaped(bytes: string): string {
  const line = /^[^\r\n]*\r\n$/.test(bytes) ? bytes.slice(0, -EOL.length) : bytes;
  const text = line.replace(/[\x00-\x1f\x7f-\xff]/g, (character) => {
    const named = { '\r': '\\r', '\n': '\\n', '\0': '\\0' }[character];
    return named ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN - 30)}… (${bytes.length} bytes)`;
}
