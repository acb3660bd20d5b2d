// What is concluded from facts, without a network: each cause from what it looks like, and nothing from health.
import { expect, it } from '@jest/globals';
import { conclude } from '../../../src/probe/diagnose/diagnose.ts';
import type { DiagnosisFacts, TransferFact } from '../../../src/probe/diagnose/facts.ts';

const OK: TransferFact = {
  series: 'serial',
  way: 'PORT',
  result: 'ok',
  stage: 'done',
  announced: { address: '10.0.0.2', port: 40_000 },
  from: { address: '10.0.1.2', port: 20 },
  replyCode: 226,
  text: '226 Done.',
  afterMs: 3,
  bytes: 10,
  dataBehindReplyMs: -1,
};
const { from: _, ...LOST } = { ...OK, result: 'refused', stage: 'connect', replyCode: 425 } as const;
const serial = (fact: TransferFact): TransferFact[] => [fact, fact, fact];
const again = (fact: TransferFact): TransferFact[] => [
  { ...OK, series: 'same-port' },
  { ...fact, series: 'same-port' },
];
const parallel = (fact: TransferFact): TransferFact[] => [
  { ...OK, series: 'parallel' },
  { ...fact, series: 'parallel' },
];
const eprt = (fact: TransferFact): TransferFact => ({ ...fact, series: 'eprt', way: 'EPRT' });
const passive = (fact: TransferFact): TransferFact => ({ ...fact, series: 'passive', way: 'PASV' });
const HEALTHY = [...serial(OK), eprt(OK), ...again(OK), ...parallel(OK), passive(OK)];

function idsOf(transfers: readonly TransferFact[], more: Partial<DiagnosisFacts> = {}): string[] {
  const facts: DiagnosisFacts = {
    server: { address: '10.0.1.2', port: 21 },
    local: { address: '10.0.0.2', port: 39_999 },
    seenAs: ['10.0.0.2'],
    offersTls: false,
    transfers,
    ...more,
  };
  return conclude(facts).findings.map(({ ids }) => ids.join(' or '));
}

const TAKEN: TransferFact = { ...LOST, text: '425 bind 10.0.1.2:20: EADDRINUSE' };
const DROPPED: TransferFact = { ...LOST, text: '425 Failed.', afterMs: 10_000 };
const REJECTED: TransferFact = { ...LOST, text: '425 Failed.', afterMs: 2 };
const REFUSED: TransferFact = {
  ...LOST,
  stage: 'announce',
  replyCode: 500,
  text: '500 Illegal PORT command.',
};

it.each<[string, readonly TransferFact[], Partial<DiagnosisFacts>, string[]]>([
  ['health', HEALTHY, {}, []],
  [
    'data that never end',
    [...serial({ ...OK, result: 'silent', stage: 'data' }), passive(OK)],
    {},
    ['unexplained'],
  ],
  [
    'a PORT that is not answered',
    serial({ series: 'serial', way: 'PORT', result: 'silent', stage: 'announce', afterMs: 5000 }),
    {},
    ['unexplained'],
  ],
  [
    'other ports each time',
    serial(OK).map((fact, i) => ({ ...fact, from: { address: '10.0.1.2', port: 40_000 + i } })),
    {},
    ['no-fixed-port'],
  ],
  ['a bind that always fails', serial(TAKEN), {}, ['port-taken-by-another or port-taken-time-wait']],
  [
    'a bind that fails in the words of vsftpd',
    serial({ ...LOST, text: '500 OOPS: vsf_sysutil_bind', afterMs: 1600 }),
    {},
    ['port-taken-by-another or port-taken-time-wait'],
  ],
  ['a bind that fails from the second on', [OK, TAKEN, TAKEN], {}, ['port-taken-time-wait']],
  ['failures at once alone', [...serial(OK), ...parallel(TAKEN)], {}, ['port-not-shared']],
  ['a second time to one port', [...serial(OK), ...again(DROPPED)], {}, ['tuple-in-time-wait']],
  ['no answer', serial(DROPPED), {}, ['syn-dropped']],
  ['a refusal at once', serial(REJECTED), {}, ['syn-rejected']],
  [
    'no answer behind a translation',
    serial(DROPPED),
    { seenAs: ['192.0.2.1'] },
    ['syn-dropped or port-rewritten-wrongly'],
  ],
  ['PORT refused', serial(REFUSED), {}, ['refuses-address or port-not-rewritten']],
  ['PORT refused behind a translation', serial(REFUSED), { seenAs: ['192.0.2.1'] }, ['port-not-rewritten']],
  ['PORT refused, EPRT not', [...serial(REFUSED), eprt(OK)], {}, ['port-rewritten-wrongly']],
  ['PORT unknown', serial({ ...REFUSED, replyCode: 502, text: '502 No.' }), {}, ['no-active-mode']],
  [
    'EPRT alone refused behind a translation',
    [...serial(OK), eprt(REFUSED)],
    { seenAs: ['192.0.2.1'] },
    ['eprt-not-rewritten'],
  ],
  ['data behind 226', serial({ ...OK, dataBehindReplyMs: 400 }), {}, ['reply-before-data']],
  [
    'another address blocked',
    [...serial(OK), { ...DROPPED, series: 'other-address' }],
    {},
    ['one-address-blocked'],
  ],
  ['no way in', [...serial(OK), passive({ ...LOST, text: 'nobody answers' })], {}, ['passive-blocked']],
  ['no privilege', serial({ ...LOST, text: '425 bind: EACCES' }), {}, ['no-privilege']],
  ['the end of the session', serial({ ...LOST, result: 'ended', afterMs: 2000 }), {}, ['session-ended']],
  [
    'TLS with a session of its own refused',
    [
      ...serial(OK),
      { ...OK, series: 'tls' },
      { ...OK, series: 'tls-new-session', result: 'refused', stage: 'data' },
    ],
    { offersTls: true },
    ['tls-reuse-required'],
  ],
  [
    'TLS refused at PORT, the clear not',
    [...serial(OK), { ...REFUSED, series: 'tls' }],
    { offersTls: true },
    ['helper-blind-under-tls'],
  ],
  [
    'two causes',
    [...serial(DROPPED), passive({ ...LOST, text: 'nobody answers' })],
    {},
    ['syn-dropped', 'passive-blocked'],
  ],
])('%s', (_what, transfers, more, ids) => {
  expect(idsOf(transfers, more)).toEqual(ids);
});
