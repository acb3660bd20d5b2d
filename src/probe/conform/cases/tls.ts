// TLS for control and data connections, where the server offers it; and what it says where it does not.
import { answer } from '../answer.ts';
import type { ConformCase, Step } from '../case.ts';
import { transfer } from '../steps/data.ts';
import { given, givenBytes, say, silence, then } from '../steps/say.ts';
import { connected, listen } from '../steps/sessions.ts';
import { handshake, logInSecured } from '../steps/tls.ts';

/** A server that answers otherwise than with 234 offers no TLS, and the case is not run. */
const SECURED: readonly Step[] = [connected, then('220'), given('AUTH TLS', '234'), handshake];
const LOGGED_IN: readonly Step[] = [...SECURED, logInSecured];

function secured(
  id: string,
  title: string,
  clause: string,
  needs: ConformCase['needs'],
  ...steps: Step[]
): ConformCase {
  return { id, title, clause, ...(needs && { needs }), login: 'no', steps: [...LOGGED_IN, ...steps] };
}

export const TLS: readonly ConformCase[] = [
  {
    id: 'tls-mechanism',
    title: 'AUTH with an unknown mechanism is 504',
    clause: 'RFC 2228 3',
    login: 'no',
    steps: [
      connected,
      then('220'),
      say('AUTH XYZZY', answer('504', '5xx')),
      say('NOOP', answer('200', '5xx')),
    ],
  },
  {
    id: 'tls-pbsz-early',
    title: 'PBSZ before AUTH is out of sequence',
    clause: 'RFC 2228 3',
    steps: [say('PBSZ 0', answer('503', '5xx|202'))],
  },
  {
    id: 'tls-prot-early',
    title: 'PROT before PBSZ is out of sequence',
    clause: 'RFC 2228 3',
    steps: [say('PROT P', answer('503', '5xx|202'))],
  },
  {
    id: 'tls-auth',
    title: 'AUTH TLS is 234, and the next byte is of the handshake',
    clause: 'RFC 4217 4, RFC 2228 3',
    login: 'no',
    steps: [...SECURED, say('USER {user}', '331|230|232')],
  },
  {
    id: 'tls-injection',
    title: 'What was sent in the clear behind AUTH TLS is not obeyed inside of it',
    clause: 'RFC 4217 4; CVE-2011-1575',
    login: 'no',
    steps: [connected, then('220'), givenBytes('AUTH TLS\r\nNOOP\r\n', '234'), handshake, silence],
  },
  secured(
    'tls-prot',
    'PBSZ 0 and PROT P are 200',
    'RFC 4217 9',
    undefined,
    say('PBSZ 0', '200'),
    say('PROT P', '200'),
    say('PROT C', answer('200', '5xx')),
  ),
  secured(
    'tls-prot-unknown',
    'An unknown level of protection is 504',
    'RFC 2228 3',
    undefined,
    say('PBSZ 0', '200'),
    say('PROT Q', answer('504', '5xx')),
  ),
  secured(
    'tls-prot-levels',
    'A level that TLS has not is 536',
    'RFC 2228 3, RFC 4217 9',
    undefined,
    say('PBSZ 0', '200'),
    say('PROT S', answer('536', '5xx')),
  ),
  secured(
    'tls-data',
    'Behind PROT P the data are sealed',
    'RFC 4217 9, 11',
    ['ipv4', 'file'],
    say('PBSZ 0', '200'),
    say('PROT P', '200'),
    listen,
    given('PORT {P}', '200'),
    transfer('RETR {file}', { content: 'file', tls: true }),
  ),
  secured(
    'tls-data-late',
    'PROT counts when the transfer starts, not when PORT was said',
    'RFC 4217 9; bolcom/libunftp#327',
    ['ipv4'],
    listen,
    given('PORT {P}', '200'),
    say('PBSZ 0', '200'),
    say('PROT P', '200'),
    transfer('LIST', { tls: true }),
  ),
  secured(
    'tls-data-clear',
    'Without PROT the data are in the clear, or refused by 521 or 522',
    'RFC 4217 9; bolcom/libunftp#327',
    ['ipv4'],
    listen,
    given('PORT {P}', '200'),
    transfer('LIST', { final: answer('226|250|521|522', '5xx') }),
  ),
  secured(
    'tls-upload',
    'An upload is complete at the end of its TLS',
    'RFC 4217 9; curl/curl#17130, proftpd/proftpd#2015',
    ['ipv4', 'folder'],
    say('PBSZ 0', '200'),
    say('PROT P', '200'),
    listen,
    given('PORT {P}', '200'),
    transfer('STOR {new}', { upload: 'sealed', tls: true }),
    say('SIZE {new}', { conforms: '213', text: /^213 6$/, stops: '500|502|550' }),
  ),
];
