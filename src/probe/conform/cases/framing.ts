// Where a command begins and ends: line ends, split and glued packets, Telnet's bytes, urgent ones.
import { answer } from '../answer.ts';
import type { ConformCase, Step } from '../case.ts';
import { type AbortPiece, abort } from '../steps/abort.ts';
import { dialled, endData, sendData, transfer } from '../steps/data.ts';
import { given, passOver, pause, say, sayBytes, send, silence, then, thenEach } from '../steps/say.ts';
import { listen } from '../steps/sessions.ts';

/** IAC IP IAC DM: Interrupt Process and the Synch (RFC 854). */
const IP = '\xff\xf4';
const DM = '\xff\xf2';
const MOST_OF_A_LINE = 6000;

/** An upload that has begun and waits for more. */
const UPLOADING: readonly Step[] = [
  listen,
  given('PORT {P}', '200'),
  send('STOR {new}\r\n'),
  dialled(),
  then('150|125'),
  sendData('the beginning'),
];

/** Behind an ABOR the session goes on in step. */
const IN_STEP: readonly Step[] = [say('NOOP', '200'), say('PWD', '257')];

function aborts(id: string, title: string, ...pieces: AbortPiece[]): ConformCase {
  const clause = 'RFC 959 4.1.3, RFC 854; lavv17/lftp#627, #375';
  return {
    id,
    title,
    clause,
    needs: ['ipv4', 'folder'],
    steps: [...UPLOADING, abort(...pieces), ...IN_STEP],
  };
}

export const FRAMING: readonly ConformCase[] = [
  aborts('framing-abor', 'ABOR alone ends a transfer', { bytes: 'ABOR\r\n' }),
  aborts(
    'framing-abor-urgent',
    'ABOR behind the urgent Synch ends a transfer',
    { bytes: `${IP}${DM}`, urgent: true },
    { bytes: 'ABOR\r\n' },
  ),
  aborts('framing-abor-in-band', 'ABOR behind Telnet bytes in one packet ends a transfer', {
    bytes: `${IP}${DM}ABOR\r\n`,
  }),
  aborts(
    'framing-abor-apart',
    'ABOR 200 ms behind its Telnet bytes ends a transfer',
    { bytes: `${IP}${DM}` },
    { bytes: 'ABOR\r\n', afterMs: 200 },
  ),
  {
    id: 'framing-telnet-glued',
    title: 'Telnet bytes in front of a verb are not of it',
    clause: 'RFC 959 5.3, RFC 854; lavv17/lftp#627',
    steps: [sayBytes(`${DM}NOOP\r\n`, answer('200', '5xx')), say('NOOP', '200')],
  },
  {
    id: 'framing-telnet-alone',
    title: 'Telnet bytes alone are answered by nothing',
    clause: 'RFC 854; lavv17/lftp#375',
    steps: [sayBytes(`${IP}${DM}`, answer('none')), say('NOOP', answer('200', '5xx')), say('NOOP', '200')],
  },
  {
    id: 'framing-cr-within',
    title: 'A bare CR ends no command',
    clause: 'RFC 854, RFC 959 5.3; squid-cache/squid#2455',
    steps: [sayBytes('PWD\rQUIT\r\n', answer('5xx', '257')), silence, say('NOOP', '200')],
  },
  {
    id: 'framing-cr-in-name',
    title: 'A name with a bare CR is one argument, refused or looked for',
    clause: 'RFC 854, RFC 959 5.3; squid-cache/squid#2455',
    steps: [sayBytes('DELE {new}\rb\r\n', answer('501', '5xx')), silence, say('NOOP', '200')],
  },
  {
    id: 'framing-nul-in-name',
    title: 'A name with a NUL is refused or taken whole: nothing is made by half of it',
    clause: 'RFC 959 5.3.2; squid-cache/squid#2455',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      sayBytes('STOR {new}\0y\r\n', answer('501', '5xx|150|125')),
      endData,
      passOver,
      say('DELE {new}', answer('550', '5xx')),
      send('DELE {new}\0y\r\n'),
      passOver,
    ],
  },
  {
    id: 'framing-lf-alone',
    title: 'LF alone ends a command, too',
    clause: 'veeso/suppaftp#171',
    steps: [
      sayBytes('NOOP\n', answer('200', 'none|500')),
      say('NOOP', answer('200', '5xx')),
      say('NOOP', '200'),
    ],
  },
  {
    id: 'framing-split',
    title: 'A command in two packets is one',
    clause: 'RFC 959 5.3; veeso/suppaftp#171',
    needs: ['ipv4'],
    steps: [listen, send('PO'), pause(300), sayBytes('RT {P}\r\n', '200'), transfer('LIST')],
  },
  {
    id: 'framing-bytewise',
    title: 'A command that comes byte by byte is one',
    clause: 'RFC 959 5.3',
    steps: [...'NOOP\r'.split('').flatMap((byte) => [send(byte), pause(10)]), sayBytes('\n', '200'), silence],
  },
  {
    id: 'framing-pipelined',
    title: 'Commands in one packet are answered each, in their order',
    clause: 'RFC 959 5.4',
    steps: [
      send('NOOP\r\nSYST\r\nPWD\r\nNOOP\r\n'),
      then('200'),
      then(answer('215', '5xx')),
      then('257'),
      then('200'),
      silence,
    ],
  },
  {
    id: 'framing-empty-line',
    title: 'An empty line is ignored or refused, once',
    clause: 'RFC 959 4.2, 5.3',
    steps: [sayBytes('\r\n', answer('500|none', '5xx')), say('NOOP', '200'), silence],
  },
  {
    id: 'framing-long-line',
    title: 'A line too long is refused once, and the session goes on',
    clause: 'RFC 959 4.2 (500: this may include errors such as command line too long)',
    steps: [
      sayBytes(`NOOP ${'x'.repeat(MOST_OF_A_LINE)}\r\n`, answer('5xx', '200|421|end')),
      then(answer('none', 'end')),
      say('NOOP', answer('200', 'end')),
    ],
  },
  {
    id: 'framing-many',
    title: 'Forty commands in one packet are answered by forty replies',
    clause: 'RFC 959 5.4',
    steps: [send('NOOP\r\n'.repeat(40)), ...thenEach(40, '200'), silence],
  },
];
