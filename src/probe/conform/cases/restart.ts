// What becomes of files: restart, append, overwriting, line ends, uploads that break.
import { answer } from '../answer.ts';
import type { ConformCase, Step } from '../case.ts';
import { dialled, provided, resetData, sendData, transfer } from '../steps/data.ts';
import { given, passOver, say, send, then } from '../steps/say.ts';
import { another, backTo, listen } from '../steps/sessions.ts';

/** A server may be set to take none: then it says so, and the file is as it was. */
const MAY_REFUSE = answer('226|250', '4xx|5xx');
const ALL_BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));

/** A transfer that the case is not about, by a port of its own: the `on`th listener. */
function stored(on: number, name: string, upload: string): readonly Step[] {
  return [listen, given(`PORT {P${on}}`, '200'), transfer(`STOR ${name}`, { on, upload })];
}

function fetched(on: number, name: string, content: string | RegExp): readonly Step[] {
  return [listen, given(`PORT {P${on}}`, '200'), transfer(`RETR ${name}`, { on, content })];
}

export const RESTART: readonly ConformCase[] = [
  {
    id: 'restart-retr',
    title: 'REST and RETR send the rest of a file',
    clause: 'RFC 3659 5.3, 5.4',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      say('REST 4', answer('350')),
      transfer('RETR {file}', { content: 'bytes\n' }),
    ],
  },
  {
    id: 'restart-stor',
    title: 'REST and STOR write from there on',
    clause: 'RFC 3659 5.3',
    needs: ['ipv4', 'folder'],
    steps: [
      ...stored(1, '{new}', '0123456789'),
      say('REST 4', '350'),
      listen,
      given('PORT {P2}', '200'),
      transfer('STOR {new}', { on: 2, upload: 'abc', final: MAY_REFUSE }),
      ...fetched(3, '{new}', /^(?:0123abc(?:789)?|0123456789)$/),
    ],
  },
  {
    id: 'restart-once',
    title: 'REST is for the next transfer alone',
    clause: 'RFC 3659 5.3',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      say('REST 4', '350'),
      transfer('RETR {file}', { content: 'bytes\n' }),
      ...fetched(2, '{file}', 'ten bytes\n'),
    ],
  },
  {
    id: 'restart-end',
    title: 'REST to the very end sends nothing, and that is all right',
    clause: 'RFC 3659 5.3',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      say('REST 10', '350'),
      transfer('RETR {file}', { content: '', final: answer('226|250', '554') }),
    ],
  },
  {
    id: 'restart-beyond',
    title: 'REST beyond the end is refused, and no byte comes',
    clause: 'RFC 3659 5.4, RFC 959 5.4',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      say('REST 1000', answer('350', '4xx|5xx')),
      transfer('RETR {file}', { content: '', final: answer('4xx|5xx', '226|250') }),
    ],
  },
  {
    id: 'restart-words',
    title: 'REST with what is no number is 501',
    clause: 'RFC 3659 5.2, RFC 959 4.2',
    steps: [say('REST here', answer('501', '5xx'))],
  },
  {
    id: 'restart-negative',
    title: 'REST before the beginning is 501',
    clause: 'RFC 3659 5.2',
    steps: [say('REST -1', answer('501', '5xx'))],
  },
  {
    id: 'restart-appe',
    title: 'APPE adds to a file',
    clause: 'RFC 959 4.1.3; goftp/server#72',
    needs: ['ipv4', 'folder'],
    steps: [
      ...stored(1, '{new}', 'one'),
      listen,
      given('PORT {P2}', '200'),
      transfer('APPE {new}', { on: 2, upload: 'two', final: MAY_REFUSE }),
      ...fetched(3, '{new}', /^one(?:two)?$/),
    ],
  },
  {
    id: 'restart-appe-new',
    title: 'APPE to a file that is not there makes it',
    clause: 'RFC 959 4.1.3',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      transfer('APPE {new}', { upload: 'one' }),
      ...fetched(2, '{new}', 'one'),
    ],
  },
  {
    id: 'restart-stou',
    title: 'STOU tells the name in its 150 or 125, behind FILE:',
    clause: 'RFC 1123 4.1.2.9 (MUST)',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      send('STOU\r\n'),
      then({ conforms: '125|150', text: /^(?:125|150)[ -]FILE: [^\r\n]+/, stops: '5xx' }),
      dialled(),
      sendData('x'),
      resetData,
      passOver,
    ],
  },
  {
    id: 'restart-overwrite',
    title: 'STOR over a longer file leaves nothing of it',
    clause: 'RFC 959 4.1.3',
    needs: ['ipv4', 'folder'],
    steps: [
      ...stored(1, '{new}', 'a long text'),
      ...stored(2, '{new}', 'short'),
      ...fetched(3, '{new}', 'short'),
    ],
  },
  {
    id: 'restart-bytes',
    title: 'Every byte comes back as it went, in TYPE I',
    clause: 'RFC 959 3.1.1.3',
    needs: ['ipv4', 'folder'],
    steps: [...stored(1, '{new}', ALL_BYTES), ...fetched(2, '{new}', ALL_BYTES)],
  },
  {
    id: 'restart-ascii',
    title: 'Lines come back as they went, in TYPE A',
    clause: 'RFC 959 3.1.1.1',
    needs: ['ipv4', 'folder'],
    steps: [say('TYPE A', '200'), ...stored(1, '{new}', 'a\r\nb\r\n'), ...fetched(2, '{new}', 'a\r\nb\r\n')],
  },
  {
    id: 'restart-ascii-lines',
    title: 'A text of the server’s own has its lines ended by CRLF in TYPE A',
    clause: 'RFC 959 3.1.1.1',
    needs: ['ipv4', 'folder'],
    steps: [...stored(1, '{new}', 'a\nb\n'), say('TYPE A', '200'), ...fetched(2, '{new}', 'a\r\nb\r\n')],
  },
  {
    id: 'restart-spaces',
    title: 'A name may have spaces in it',
    clause: 'RFC 959 5.3.2',
    needs: ['ipv4', 'folder'],
    steps: [...stored(1, '{new} and more', 'x'), ...fetched(2, '{new} and more', 'x')],
  },
  {
    id: 'restart-no-folder',
    title: 'STOR into a folder that is not there is refused, and nobody is dialled',
    clause: 'RFC 959 5.4',
    needs: ['ipv4', 'folder'],
    steps: [listen, given('PORT {P}', '200'), say('STOR no-such-folder/x', answer('553|550', '4xx|5xx'))],
  },
  {
    id: 'restart-reset',
    title: 'An upload that is reset has not succeeded, and the session goes on',
    clause: 'RFC 959 5.4 (426)',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      send('STOR {new}\r\n'),
      dialled(),
      then('150|125'),
      sendData('the beginning'),
      resetData,
      then(answer('426|451', '4xx|5xx')),
      say('NOOP', '200'),
    ],
  },
  {
    id: 'restart-abort-of-another',
    title: 'An upload that is aborted takes no file of another session with it',
    clause: 'RFC 959 4.1.3 (ABOR)',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      send('STOR {new}\r\n'),
      dialled(),
      then('150|125'),
      another,
      ...stored(2, '{new}', 'whole').map(provided),
      backTo(1),
      resetData,
      passOver,
      backTo(2),
      ...fetched(3, '{new}', 'whole'),
    ],
  },
];
