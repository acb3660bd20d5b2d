// What is sent to a server to harm it: with --abuse alone, and to nothing that others use meanwhile.
import { answer } from '../answer.ts';
import type { ConformCase } from '../case.ts';
import { dialled, resetData, transfer } from '../steps/data.ts';
import {
  flood,
  guessPasswords,
  manySessions,
  nextIsGreeted,
  strangerOnPassivePort,
} from '../steps/hostile.ts';
import { given, passOver, say, send, then } from '../steps/say.ts';
import { connected, listen } from '../steps/sessions.ts';

export const ABUSE: readonly ConformCase[] = [
  {
    id: 'abuse-guesses',
    title: 'Guessing passwords is slow, or ends the session',
    clause: 'RFC 2577 5',
    needs: ['abuse'],
    login: 'no',
    steps: [connected, then('220'), guessPasswords],
  },
  {
    id: 'abuse-endless-line',
    title: 'A line of a megabyte takes nobody else with it',
    clause: 'RFC 959 4.2',
    needs: ['abuse'],
    steps: [flood('x', 1_000_000, 'x'), passOver, nextIsGreeted],
  },
  {
    id: 'abuse-unread-replies',
    title: 'Ten thousand commands at once take nobody else with them',
    clause: 'RFC 959 5.4',
    needs: ['abuse'],
    steps: [flood('NOOP\r\n', 10_000, 'NOOP'), nextIsGreeted],
  },
  {
    id: 'abuse-telnet',
    title: 'Ten thousand Telnet options are answered by no reply',
    clause: 'RFC 854, RFC 959 5.3',
    needs: ['abuse'],
    steps: [flood('\xff\xfb\x01', 10_000, '\\xff\\xfb\\x01'), nextIsGreeted],
  },
  {
    id: 'abuse-sessions',
    title: 'Sixty sessions of one address are greeted, or refused by a word',
    clause: 'RFC 959 5.4 (421)',
    needs: ['abuse'],
    steps: [manySessions(60), nextIsGreeted],
  },
  {
    id: 'abuse-reset',
    title: 'A transfer that is reset in its middle leaves the session in step',
    clause: 'RFC 959 5.4 (426)',
    needs: ['abuse', 'ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      send('RETR {big}\r\n'),
      dialled(),
      then('150|125'),
      resetData,
      then(answer('426|451', '4xx|5xx|226')),
      say('NOOP', '200'),
    ],
  },
  {
    id: 'abuse-sparse',
    title: 'No file of ten terabytes is made by one byte',
    clause: 'RFC 3659 5.3, RFC 959 5.4 (552, 554)',
    needs: ['abuse', 'ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      say('REST 10000000000000', answer('350', '4xx|5xx')),
      transfer('STOR {new}', { upload: 'x', final: answer('4xx|5xx', '226|250') }),
      say('NOOP', '200'),
    ],
  },
  {
    id: 'abuse-stranger',
    title: 'A stranger on a passive port gets nothing',
    clause: 'RFC 2577 3, 8',
    needs: ['abuse', 'loopback', 'ipv4', 'file'],
    steps: [strangerOnPassivePort],
  },
];
