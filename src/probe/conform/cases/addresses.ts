// PORT, EPRT, PASV and EPSV: which addresses are taken, which are refused, and what a refusal leaves behind.
import { answer } from '../answer.ts';
import type { ConformCase, Step } from '../case.ts';
import { dialPassive, nobodyDials, transfer } from '../steps/data.ts';
import { given, say, send, then } from '../steps/say.ts';
import { listen } from '../steps/sessions.ts';

/** 501: syntax error in parameters. Any other refusal says as much. */
const BAD_SYNTAX = answer('501', '5xx|4xx');
/** RFC 2577 §3 asks for 504. */
const NOT_FOR_THAT = answer('5xx');
/** Of TEST-NET-1 (RFC 5737): nobody's. */
const FOREIGN = '192.0.2.1';

/** A good PORT, then one that is refused: the first must not be dialled for what follows (hfiref0x/LightFTP#59). */
function forgets(id: string, what: string, refused: string, clause = 'RFC 959 4.1.2'): ConformCase {
  const steps: readonly Step[] = [
    listen,
    given('PORT {P}', '200'),
    given(refused, '5xx'),
    send('LIST\r\n'),
    nobodyDials(),
    then(answer('425|503', '4xx|5xx|1xx')),
  ];
  const title = `${what} is refused and makes the server forget the PORT before it`;
  return { id, title, clause: `${clause}; hfiref0x/LightFTP#59, #60`, needs: ['ipv4'], steps };
}

function refuses(id: string, what: string, line: string, clause: string, expected = BAD_SYNTAX): ConformCase {
  return {
    id,
    title: `${what} is refused`,
    clause,
    needs: ['ipv4'],
    steps: [say(line, expected), say('NOOP', '200')],
  };
}

export const ADDRESSES: readonly ConformCase[] = [
  refuses(
    'address-port-foreign',
    'PORT with another host’s address',
    `PORT ${FOREIGN.replaceAll('.', ',')},200,10`,
    'RFC 2577 3',
    NOT_FOR_THAT,
  ),
  refuses(
    'address-eprt-foreign',
    'EPRT with another host’s address',
    `EPRT |1|${FOREIGN}|51210|`,
    'RFC 2577 3; galaxyproject/galaxy#4384',
    NOT_FOR_THAT,
  ),
  refuses('address-port-privileged', 'PORT to a service’s port', 'PORT {A},0,80', 'RFC 2577 3', NOT_FOR_THAT),
  refuses(
    'address-eprt-privileged',
    'EPRT to a service’s port',
    'EPRT |1|{a}|80|',
    'RFC 2577 3',
    NOT_FOR_THAT,
  ),
  refuses('address-port-zero', 'PORT to port 0', 'PORT {A},0,0', 'RFC 959 4.1.2', NOT_FOR_THAT),
  refuses('address-port-five', 'PORT with five numbers', 'PORT {A},10', 'RFC 959 4.1.2, 4.2'),
  refuses('address-port-seven', 'PORT with seven numbers', 'PORT {A},10,10,10', 'RFC 959 4.1.2, 4.2'),
  refuses('address-port-256', 'PORT with a number above 255', 'PORT {A},10,256', 'RFC 959 4.1.2, 4.2'),
  refuses('address-port-words', 'PORT with words', 'PORT here', 'RFC 959 4.1.2, 4.2'),
  refuses('address-port-empty', 'PORT without an argument', 'PORT', 'RFC 959 4.1.2, 4.2'),
  refuses('address-eprt-syntax', 'EPRT that ends too soon', 'EPRT |1|{a}', 'RFC 2428 2'),
  refuses('address-eprt-port', 'EPRT to a port above 65535', 'EPRT |1|{a}|70000|', 'RFC 2428 2'),
  {
    id: 'address-eprt-protocol',
    title: 'EPRT with an unknown protocol is 522, with the known ones in parentheses',
    clause: 'RFC 2428 2 (MUST)',
    steps: [say('EPRT |9|{a}|2121|', answer('522|500|502', '5xx', /^(?:522 .*\([12](?:,[12])*\)|50[02] )/))],
  },
  {
    id: 'address-eprt-delimiter',
    title: 'EPRT takes any delimiter',
    clause: 'RFC 2428 2',
    needs: ['ipv4'],
    steps: [
      listen,
      given('EPRT {E}', '200'),
      listen,
      say('EPRT !1!{a}!{port2}!', '200'),
      transfer('LIST', { on: 2 }),
    ],
  },
  {
    id: 'address-eprt',
    title: 'EPRT announces the port as PORT does',
    clause: 'RFC 2428 2',
    steps: [listen, say('EPRT {E}', answer('200', '500|502')), given('NOOP', '200')],
  },
  forgets('address-forget-malformed', 'A malformed PORT', 'PORT 1,2,3'),
  forgets('address-forget-foreign', 'A foreign PORT', `PORT ${FOREIGN.replaceAll('.', ',')},200,10`),
  forgets('address-forget-protocol', 'EPRT with an unknown protocol', 'EPRT |3|x|1|', 'RFC 2428 2'),
  forgets('address-forget-zero', 'PORT to port 0', 'PORT {A},0,0'),
  forgets('address-forget-privileged', 'PORT to a service’s port', 'PORT {A},0,80'),
  {
    id: 'address-last-wins',
    title: 'The last of two PORTs counts',
    clause: 'RFC 959 4.1.2',
    needs: ['ipv4'],
    steps: [
      listen,
      listen,
      given('PORT {P}', '200'),
      say('PORT {P2}', '200'),
      transfer('LIST', { on: 2 }),
      nobodyDials(1),
    ],
  },
  {
    id: 'address-port-behind-pasv',
    title: 'PORT behind PASV is active mode again',
    clause: 'RFC 959 4.1.2',
    needs: ['ipv4'],
    steps: [given('PASV', '227'), listen, say('PORT {P}', '200'), transfer('LIST')],
  },
  {
    id: 'address-pasv',
    title: 'PASV tells six numbers, and a transfer works there',
    clause: 'RFC 1123 4.1.2.6 (MUST)',
    needs: ['ipv4'],
    steps: [dialPassive('PASV'), transfer('LIST')],
  },
  {
    id: 'address-epsv',
    title: 'EPSV tells a port, and a transfer works there',
    clause: 'RFC 2428 3',
    steps: [dialPassive('EPSV'), transfer('LIST')],
  },
  {
    id: 'address-epsv-protocol',
    title: 'EPSV with an unknown protocol is 522, with the known ones in parentheses',
    clause: 'RFC 2428 3 (MUST)',
    steps: [say('EPSV 9', answer('522|500|502', '5xx', /^(?:522 .*\([12](?:,[12])*\)|50[02] )/))],
  },
  {
    id: 'address-epsv-all',
    title: 'Behind EPSV ALL nothing but EPSV is taken',
    clause: 'RFC 2428 4 (MUST)',
    needs: ['ipv4'],
    steps: [
      given('EPSV ALL', '2xx'),
      listen,
      say('PORT {P}', '5xx'),
      say('EPRT {E}', '5xx'),
      say('PASV', '5xx'),
    ],
  },
];
