// What may be answered: reply codes with `x` for any digit, `none` and `end`, and what the text must look like.
import type { ControlReply } from '../../client/control.ts';
import type { CaseVerdict } from '../types.ts';

export interface Answer {
  /** `226|250`, `5xx`; `none`: nothing comes; `end`: the server ends the session. */
  readonly conforms: string;
  readonly tolerable?: string | undefined;
  /** All lines of one that conforms, with CRLF between them; a reply that is otherwise breaks. */
  readonly text?: RegExp | undefined;
  /** A server that has not what the case is about says so, which is tolerable, and ends the case. */
  readonly stops?: string;
}

/** The reply; `none` and `end` where there is none. */
export type Answered = ControlReply | 'none' | 'end';

export function answer(conforms: string, tolerable?: string, text?: RegExp): Answer {
  return { conforms, tolerable, text };
}

export function admits(pattern: string | undefined, answered: Answered): boolean {
  const found = typeof answered === 'string' ? answered : String(answered.replyCode);
  return (pattern ?? '').split('|').some((one) => one !== '' && fits(one, found));
}

function fits(pattern: string, found: string): boolean {
  return /^[\dx]{3}$/.test(pattern)
    ? found.length === 3 && [...pattern].every((digit, i) => digit === 'x' || digit === found[i])
    : pattern === found;
}

export function verdictOn(answered: Answered, { conforms, tolerable, text, stops }: Answer): CaseVerdict {
  if (admits(conforms, answered)) {
    const asked = text === undefined || typeof answered === 'string' || text.test(answered.text);
    return asked ? 'conforms' : 'breaks';
  }
  return admits(tolerable, answered) || admits(stops, answered) ? 'tolerable' : 'breaks';
}

/** Whether silence is among what may come: then it is not waited for as long. */
export function mayBeSilent({ conforms, tolerable = '' }: Answer): boolean {
  return `${conforms}|${tolerable}`.split('|').includes('none');
}

/** `226 or 250, tolerable 5xx`. */
export function answerInWords({ conforms, text, stops, ...more }: Answer): string {
  const tolerable = [more.tolerable, stops].filter(Boolean).join('|');
  const inWords = (pattern: string) => pattern.split('|').map(tokenInWords).join(' or ');
  const like = text === undefined ? '' : ` like ${text.source}`;
  return `${inWords(conforms)}${like}${tolerable ? `, tolerable ${inWords(tolerable)}` : ''}`;
}

function tokenInWords(token: string): string {
  if (token === 'none') return 'no reply';
  return token === 'end' ? 'the end of the session' : token;
}

const MOST_OF_A_REPLY = 60;

/** The reply code, and with `text` the beginning of what it says. */
export function answeredInWords(answered: Answered, { text }: Answer): string {
  if (answered === 'none') return 'no reply';
  if (answered === 'end') return 'the session ends';
  if (text === undefined) return String(answered.replyCode);
  const lines = answered.text.replaceAll('\r\n', ' / ');
  return lines.length > MOST_OF_A_REPLY ? `${lines.slice(0, MOST_OF_A_REPLY)}…` : lines;
}
