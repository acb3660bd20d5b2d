// Listings for people and for programs, on the data connection and on the control connection.
import { answer } from '../answer.ts';
import type { ConformCase, Step } from '../case.ts';
import { transfer } from '../steps/data.ts';
import { given, say } from '../steps/say.ts';
import { listen } from '../steps/sessions.ts';

/** RFC 3659 §7.2: facts with a semicolon behind each, one space, the name. */
const FACTS = '(?:[A-Za-z][A-Za-z.-]*=[^;\\r\\n]*;)*';
const UNKNOWN = '500|502|504';

/** In TYPE A, as RFC 1123 §4.1.2.7 has it. */
function listed(command: string, wanted: Parameters<typeof transfer>[1]): readonly Step[] {
  return [given('TYPE A', '200'), listen, given('PORT {P}', '200'), transfer(command, wanted)];
}

function listing(
  id: string,
  title: string,
  clause: string,
  command: string,
  wanted: Parameters<typeof transfer>[1],
): ConformCase {
  return { id, title, clause, needs: ['ipv4', 'folder'], steps: listed(command, wanted) };
}

export const LISTING: readonly ConformCase[] = [
  listing('listing-lines', 'LIST ends its lines by CRLF', 'RFC 959 3.4, RFC 1123 4.1.2.7', 'LIST', {
    content: /^(?=[\s\S]*\bsmall\r\n)(?:[^\r\n]*\r\n)+$/,
  }),
  listing('listing-nlst', 'NLST is names alone, one a line', 'RFC 959 4.1.3', 'NLST', {
    content: /^(?=[\s\S]*(?:^|\n)small\r\n)(?:[^\r\n/]+\r\n)+$/,
  }),
  listing('listing-nlst-folder', 'NLST of a folder is what is in it', 'RFC 959 4.1.3', 'NLST sub', {
    content: /^(?:[^\s]*\/)?inner\r\n$/,
  }),
  listing(
    'listing-options',
    'LIST -al is a listing with options, not of a file',
    'twisted/twisted#5791',
    'LIST -al',
    {
      content: /\bsmall\r\n/,
    },
  ),
  listing(
    'listing-options-path',
    'LIST -al with a folder lists the folder',
    'twisted/twisted#5791',
    'LIST -al sub',
    {
      content: /\binner\r\n/,
    },
  ),
  listing('listing-nlst-options', 'NLST -1 is a listing with options', 'twisted/twisted#5791', 'NLST -1', {
    content: /(?:^|\n)small\r\n/,
  }),
  listing(
    'listing-pattern',
    'NLST of a pattern is what fits it: mget goes by that',
    'RFC 1123 4.1.2.7',
    'NLST sm*',
    {
      content: /^(?:[^\s]*\/)?small\r\n$/,
      final: answer('226|250', '4xx|5xx'),
    },
  ),
  listing('listing-file', 'LIST of a file is about the file', 'RFC 959 4.1.3', 'LIST small', {
    content: /^[^\r\n]*\bsmall\r\n$/,
  }),
  listing(
    'listing-missing',
    'LIST of what is not there succeeds with nothing, or fails',
    'RFC 959 5.4',
    'LIST no-such-file',
    {
      content: /^(?![\s\S]*\bsmall\r\n)/,
      final: answer('450|550|4xx|5xx', '226|250'),
    },
  ),
  {
    id: 'listing-empty',
    title: 'An empty folder is an empty listing',
    clause: 'RFC 959 5.4',
    needs: ['ipv4', 'folder'],
    steps: [
      given('MKD {new}', '257'),
      ...listed('NLST {new}', { content: '', final: answer('226|250', '450|550') }),
    ],
  },
  listing('listing-mlsd', 'MLSD has facts, one space and a name in each line', 'RFC 3659 7.2', 'MLSD', {
    content: new RegExp(`^(?=[\\s\\S]*size=10;[^\\r\\n]* small\\r\\n)(?:${FACTS} [^\\r\\n]+\\r\\n)+$`, 'i'),
    final: answer('226|250', UNKNOWN),
  }),
  listing('listing-mlsd-times', 'A time in MLSD has fourteen digits', 'RFC 3659 2.3, 7.5.3', 'MLSD', {
    content:
      /^(?=[\s\S]*modify=\d{14})(?:(?![^\r\n]*modify=)[^\r\n]*\r\n|[^\r\n]*modify=\d{14}(?:\.\d+)?;[^\r\n]*\r\n)+$/i,
    final: answer('226|250', UNKNOWN),
  }),
  {
    id: 'listing-mlsd-file',
    title: 'MLSD of a file is 501',
    clause: 'RFC 3659 7.2',
    needs: ['ipv4', 'folder'],
    steps: [listen, given('PORT {P}', '200'), say('MLSD small', answer('501', '4xx|5xx'))],
  },
  {
    id: 'listing-mlst',
    title: 'MLST is one line on the control connection, behind one space',
    clause: 'RFC 3659 7.2',
    needs: ['folder'],
    steps: [
      say('MLST small', {
        conforms: '250',
        text: new RegExp(`^250-[^\\r\\n]*\\r\\n ${FACTS} [^\\r\\n]*small\\r\\n250 `, 'i'),
        stops: UNKNOWN,
      }),
      say('MLST no-such-file', answer('550', '4xx|5xx')),
    ],
  },
  {
    id: 'listing-stat',
    title: 'STAT of a folder lists it on the control connection',
    clause: 'RFC 959 4.1.3',
    needs: ['folder'],
    steps: [say('STAT {folder}', { conforms: '211|212|213', text: /\bsmall\b/, stops: '4xx|5xx' })],
  },
  {
    id: 'listing-utf8',
    title: 'A name in UTF-8 is listed by the bytes by which it was made',
    clause: 'RFC 3659 2.2',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      transfer('STOR {new}-caf\xc3\xa9', { upload: 'x' }),
      listen,
      given('PORT {P2}', '200'),
      transfer('NLST', { on: 2, content: /new-\d+-caf\xc3\xa9\r?\n/ }),
    ],
  },
  {
    id: 'listing-other-bytes',
    title: 'Two names that are not UTF-8 are two files',
    clause: 'RFC 959 5.3.2',
    needs: ['ipv4', 'folder'],
    steps: [
      listen,
      given('PORT {P}', '200'),
      transfer('STOR {new}-caf\xe9', { upload: 'acute', final: answer('226|250', '5xx') }),
      listen,
      given('PORT {P2}', '200'),
      transfer('STOR {new}-caf\xe8', { on: 2, upload: 'grave', final: answer('226|250', '5xx') }),
      listen,
      given('PORT {P3}', '200'),
      transfer('RETR {new}-caf\xe9', { on: 3, content: 'acute', final: answer('226|250', '5xx') }),
    ],
  },
];
