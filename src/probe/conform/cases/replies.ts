// Replies and their order: logins, parameters, files and folders, and what has no place of its own.
import { answer } from '../answer.ts';
import type { ConformCase } from '../case.ts';
import { transfer } from '../steps/data.ts';
import { given, say, silence, then } from '../steps/say.ts';
import { connected, listen } from '../steps/sessions.ts';

/** RFC 959 §5.4 names these for what the server does not know or does not have. */
const UNKNOWN = answer('500|502', '5xx');
/** Known, whatever is said of it: RFC 1123 §4.1.2.13 has a server know it. */
const KNOWN = answer('1xx|2xx|3xx|4xx|501|503|504|530|532|550|553');

export const REPLIES: readonly ConformCase[] = [
  {
    id: 'reply-greeting',
    title: 'The server greets with 220, once',
    clause: 'RFC 959 5.4',
    login: 'no',
    steps: [connected, then('220'), silence],
  },
  {
    id: 'reply-login',
    title: 'USER and PASS are answered one by one',
    clause: 'RFC 959 5.4',
    login: 'no',
    steps: [
      connected,
      then('220'),
      say('USER {user}', '331|230'),
      say('PASS {password}', answer('230|202|503')),
      silence,
    ],
  },
  {
    id: 'reply-pass-first',
    title: 'PASS without USER is out of sequence',
    clause: 'RFC 959 5.4; RFC 1123 4.1.2.11',
    login: 'no',
    steps: [connected, then('220'), say('PASS nobody', answer('503', '5xx|4xx'))],
  },
  {
    id: 'reply-before-login',
    title: 'Nothing is served before the login',
    clause: 'RFC 959 5.4',
    login: 'no',
    steps: [
      connected,
      then('220'),
      say('LIST', answer('530', '5xx|4xx')),
      say('MKD x', answer('530', '5xx|4xx')),
      say('STOR x', answer('530', '5xx|4xx')),
    ],
  },
  {
    id: 'reply-utf8-before-login',
    title: 'OPTS UTF8 ON before the login ends nothing',
    clause: 'RFC 2389 4; xreef/SimpleFTPServer#48',
    login: 'no',
    steps: [connected, then('220'), say('OPTS UTF8 ON', answer('2xx', '5xx')), say('USER {user}', '331|230')],
  },
  {
    id: 'reply-opts-incomplete',
    title: 'OPTS UTF8 without its word is 501',
    clause: 'RFC 2389 4; bolcom/libunftp#402',
    steps: [say('OPTS UTF8', answer('501', '5xx|2xx')), say('NOOP', '200')],
  },
  {
    id: 'reply-opts-unknown',
    title: 'OPTS of what there is not is 501',
    clause: 'RFC 2389 4',
    steps: [say('OPTS NO-SUCH-THING x', answer('501', '5xx'))],
  },
  {
    id: 'reply-opts-mlst',
    title: 'OPTS MLST tells the facts that are on from now on',
    clause: 'RFC 3659 7.9; bolcom/libunftp#402',
    steps: [
      given('MLST .', '250'),
      say('OPTS MLST type;size;', answer('200', undefined, /^200 +MLST OPTS (?:[\w.-]+;)+$/i)),
    ],
  },
  {
    id: 'reply-feat',
    title: 'FEAT is a feature a line, each behind one space',
    clause: 'RFC 2389 3.2',
    steps: [
      say(
        'FEAT',
        answer(
          '211|500|502',
          undefined,
          /^(?:211-[^\r\n]*\r\n(?: [!-~][^\r\n]*\r\n)+211 ?[^\r\n]*$|211 |50[02] )/,
        ),
      ),
    ],
  },
  {
    id: 'reply-unknown',
    title: 'An unknown command is 500 or 502',
    clause: 'RFC 959 4.2, 5.4',
    steps: [say('XYZZY', UNKNOWN), say('NOOP', '200')],
  },
  {
    id: 'reply-lower-case',
    title: 'Commands may be in lower case',
    clause: 'RFC 959 5.3',
    steps: [say('noop', '200'), say('Pwd', '257')],
  },
  { id: 'reply-noop', title: 'NOOP is 200', clause: 'RFC 959 5.4', steps: [say('NOOP', '200'), silence] },
  {
    id: 'reply-syst',
    title: 'SYST is 215',
    clause: 'RFC 959 5.4',
    steps: [say('SYST', answer('215', '5xx'))],
  },
  {
    id: 'reply-help',
    title: 'HELP is 214 or 211',
    clause: 'RFC 959 5.4, RFC 1123 4.1.2.13',
    steps: [say('HELP', '211|214')],
  },
  {
    id: 'reply-stat',
    title: 'STAT is 211, without a data connection',
    clause: 'RFC 959 5.4, RFC 1123 4.1.2.13',
    steps: [say('STAT', '211')],
  },
  {
    id: 'reply-quit',
    title: 'QUIT is 221, and the end',
    clause: 'RFC 959 5.4',
    steps: [say('QUIT', '221'), then('end')],
  },
  {
    id: 'reply-minimum',
    title: 'The least that a server has to know is known',
    clause: 'RFC 1123 4.1.2.13 (MUST)',
    steps: [
      ...['TYPE A N', 'TYPE I', 'TYPE L 8', 'MODE S', 'STRU F', 'PWD', 'SYST', 'HELP', 'NOOP'].map((line) =>
        say(line, KNOWN),
      ),
      ...[
        'RNFR no-such-file',
        'RNTO no-such-file',
        'DELE no-such-file',
        'RMD no-such-folder',
        'CWD no-such-folder',
      ].map((line) => say(line, KNOWN)),
    ],
  },
  {
    id: 'reply-acct',
    title: 'ACCT is known, though nobody needs it',
    clause: 'RFC 1123 4.1.2.13 (MUST)',
    steps: [say('ACCT none', KNOWN)],
  },
  {
    id: 'reply-type',
    title: 'TYPE A and I are taken, others refused',
    clause: 'RFC 959 5.1, RFC 1123 4.1.2.1',
    steps: [say('TYPE A', '200'), say('TYPE I', '200'), say('TYPE Q', answer('504', '5xx'))],
  },
  {
    id: 'reply-mode',
    title: 'MODE S is taken, an unknown one refused',
    clause: 'RFC 959 5.1',
    steps: [say('MODE S', '200'), say('MODE Q', answer('504', '5xx'))],
  },
  {
    id: 'reply-stru',
    title: 'STRU F is taken, an unknown one refused',
    clause: 'RFC 959 5.1',
    steps: [say('STRU F', '200'), say('STRU Q', answer('504', '5xx'))],
  },
  {
    id: 'reply-allo',
    title: 'ALLO is 200: there are clients that hang up on anything else',
    clause: 'RFC 959 4.1.3; hassio-addons/app-ftp#245',
    steps: [say('ALLO 123456', answer('200', '202'))],
  },
  {
    id: 'reply-allo-record',
    title: 'ALLO with a record size, too',
    clause: 'RFC 959 5.3.1',
    steps: [say('ALLO 123456 R 80', answer('200', '202|5xx')), say('NOOP', '200')],
  },
  {
    id: 'reply-pwd-quotes',
    title: 'A quotation mark in a folder’s name is doubled in 257',
    clause: 'RFC 959 App. II',
    needs: ['folder'],
    steps: [
      given('MKD {new}"x', '257'),
      given('CWD {new}"x', '250'),
      say('PWD', answer('257', undefined, /^257 "(?:[^"]|"")*[^"]""x"/)),
      given('CDUP', '2xx'),
      given('RMD {new}"x', '250'),
    ],
  },
  {
    id: 'reply-mkd',
    title: 'MKD is 257 with the name, RMD 250',
    clause: 'RFC 959 5.4, App. II',
    needs: ['folder'],
    steps: [
      say('MKD {new}', answer('257', undefined, /^257 ".*new-\d+"/)),
      say('RMD {new}', '250'),
      say('RMD {new}', answer('550', '4xx|5xx')),
    ],
  },
  {
    id: 'reply-cwd',
    title: 'CWD and CDUP move, and say so',
    clause: 'RFC 959 5.4',
    needs: ['folder'],
    steps: [
      say('CWD {sub}', answer('250', '200')),
      say('PWD', answer('257', undefined, /\/sub"/)),
      say('CDUP', answer('200|250')),
      say('CWD no-such-folder', answer('550', '4xx|5xx')),
    ],
  },
  {
    id: 'reply-rename',
    title: 'RNFR is 350, RNTO 250, and RNTO alone out of sequence',
    clause: 'RFC 959 5.4',
    needs: ['folder'],
    steps: [
      listen,
      say('RNTO {new}', answer('503', '5xx')),
      given('PORT {P}', '200'),
      transfer('STOR {new}', { upload: 'x' }),
      say('RNFR {new}', '350'),
      say('RNTO {new2}', '250'),
      say('DELE {new2}', '250'),
    ],
  },
  {
    id: 'reply-rename-forgotten',
    title: 'RNTO belongs to the RNFR just before it',
    clause: 'RFC 959 4.1.3',
    needs: ['folder'],
    steps: [say('RNFR {file}', '350'), say('NOOP', '200'), say('RNTO {file}', answer('503', '2xx|5xx'))],
  },
  {
    id: 'reply-dele',
    title: 'DELE removes a file, and no folder',
    clause: 'RFC 959 4.1.3, 5.4',
    needs: ['folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      transfer('STOR {new}', { upload: 'x' }),
      say('DELE {new}', '250'),
      say('DELE {new}', answer('550', '4xx|5xx')),
      given('MKD {new2}', '257'),
      say('DELE {new2}', answer('550', '4xx|5xx')),
      say('RMD {new2}', '250'),
    ],
  },
  {
    id: 'reply-rmd-file',
    title: 'RMD removes no file',
    clause: 'RFC 959 4.1.3',
    needs: ['folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      transfer('STOR {new}', { upload: 'x' }),
      say('RMD {new}', answer('550', '4xx|5xx')),
      say('DELE {new}', '250'),
    ],
  },
  {
    id: 'reply-size',
    title: 'SIZE is the number of bytes that a transfer would have',
    clause: 'RFC 3659 4',
    needs: ['folder'],
    steps: [
      say('SIZE {file}', answer('213|500|502', undefined, /^(?:213 10$|50)/)),
      say('SIZE no-such-file', answer('550', '5xx')),
    ],
  },
  {
    id: 'reply-mdtm',
    title: 'MDTM is a time of fourteen digits, in UTC',
    clause: 'RFC 3659 3, 2.3',
    needs: ['file'],
    steps: [
      say('MDTM {file}', answer('213|500|502', undefined, /^(?:213 \d{14}(?:\.\d+)?$|50)/)),
      say('MDTM no-such-file', answer('550', '5xx')),
    ],
  },
  {
    id: 'reply-abor-idle',
    title: 'ABOR without a transfer is 226 or 225',
    clause: 'RFC 959 4.1.3, 5.4',
    steps: [say('ABOR', '226|225'), silence],
  },
  {
    id: 'reply-retr-folder',
    title: 'A folder is not sent as a file',
    clause: 'RFC 959 5.4',
    needs: ['ipv4', 'folder'],
    steps: [listen, given('PORT {P}', '200'), say('RETR {sub}', answer('550', '4xx|5xx')), silence],
  },
];
