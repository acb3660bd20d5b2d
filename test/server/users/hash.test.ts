// Hashes that other programs made: each opens to its password and to no other, and what cannot be checked is named.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HashError, hashPassword, readHash } from '../../../src/server/users/hash.ts';
import { verify } from '../../../src/server/users/verify.ts';

/** By crypt(3) of libxcrypt 4.4 (perl -e 'print crypt(…)'), Python's hashlib.scrypt, libargon2 20171227. */
const HASHES: readonly (readonly [hash: string, password: string | Buffer])[] = [
  ['$5$rounds=1234$saltsalt$uTGDLaE/hGTinvzjqhHS1K.Eh1aafX08yzz.UpQVF84', 'Blue-Harbour 7'],
  ['$5$saltsalt$KYdc3hjfAdyHM6XPspIq1FaqoDPA6x.vXCibKNANhR3', 'x'.repeat(100)],
  [
    '$6$saltsalt$e2pFCkdWnIKPL/vYMkrY8KEOzpmG4G099u5wn3sacLC5Vu9vgUG1VMZrA7KlY.YkRKiJLvcZhzYEVMen/WXZK.',
    'Blue-Harbour 7',
  ],
  [
    '$6$rounds=1000$$Z2psDTUYq3zOxwiN/OgXWS1/M/BUhbC3MmvBrFgaK3i7.JtQDrfAUMPaKqOStviBjEQdhNPZg0g9MYMluKjP01',
    'Blue-Harbour 7',
  ],
  [
    '$6$saltsalt$zsaEqHSOI.o9BpRzUPt0wTrkS5boMnynHqgXTSTOImq9FEQe2cFPNiNKT4j/nQo8YahlIBQyKnlWZJ51dbQs61',
    Buffer.from('\xe9t\xe9', 'latin1'), // no UTF-8
  ],
  ['$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm', 'Blue-Harbour 7'],
  ['$2a$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm', 'Blue-Harbour 7'],
  ['$2y$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm', 'Blue-Harbour 7'],
  ['$2b$05$abcdefghijklmnopqrstuuiTEgDUPm6NDm2laaQqTjVK3JOgWrNAe', Buffer.from('\xe9t\xe9', 'latin1')],
  ['$2b$05$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q', 'x'.repeat(100)],
  [
    '$scrypt$ln=10,r=8,p=2$MDEyMzQ1Njc4OWFiY2RlZg$EdU4TsLBObpRFZPvr2LKebfhxNj0LjM5opbil0vqvqc',
    'Blue-Harbour 7',
  ],
  [
    '$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$e6qe64mFdqLB1wMRNaXVeX+nQDI/0w+Yehler81LRPE',
    'Blue-Harbour 7',
  ],
  [
    '$argon2i$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFiY2RlZg$vWJXPDvKYqJJgJJfXg1sBnmGlzA4GwJijfU7WqwyaVQ',
    'Blue-Harbour 7',
  ],
];

describe.each(HASHES)('%s', (hash, password) => {
  const bytes = Buffer.from(password);

  it('opens to its password', async () => {
    expect(await verify(readHash(hash), bytes)).toBe(true);
  });

  it('opens to nothing else', async () => {
    const others = [Buffer.from(''), Buffer.from(`y${password}`), bytes.subarray(0, -1).subarray(0, 60)];
    for (const other of others) expect(await verify(readHash(hash), other)).toBe(false);
  });

  it('is refused when a character of it is missing', () => {
    expect(() => readHash(hash.slice(0, -1).replace(/[$][^$]*$/, (key) => key.slice(0, 20)))).toThrow(
      HashError,
    );
  });
});

it('an empty password opens nothing', async () => {
  const ofEmpty = await hashPassword(Buffer.from(''));
  expect(await verify(readHash(ofEmpty), Buffer.from(''))).toBe(false);
});

it('ours are read again, are salted, and cost the same', async () => {
  const [one, other] = [await hashPassword(Buffer.from('pw')), await hashPassword(Buffer.from('pw'))];
  expect(one).not.toBe(other);
  expect(await verify(readHash(one), Buffer.from('pw'))).toBe(true);
  expect(await verify(readHash(one), Buffer.from('pW'))).toBe(false);
  expect(readHash(one).units).toBe(readHash(other).units);
});

it.each([
  ['', 'has no password'],
  ['secret', 'has a password that is no hash'],
  ['abfqx0J78wk.E', 'has a DES hash, of which eight characters count'],
  ['$1$saltsalt$Zd9QpXyf4lkOZN/42udhT/', 'has an MD5 hash, which is guessed too fast'],
  ['$apr1$saltsalt$Zd9QpXyf4lkOZN/42udhT/', 'has an MD5 hash, which is guessed too fast'],
  ['$7$C6..../....abc$def', "has libsodium's scrypt, which is not understood"],
  [
    '$2x$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm',
    'has a hash of the faulty kind of bcrypt, $2x$',
  ],
  [
    '$2b$03$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm',
    'has a hash that is cut short or mistyped',
  ],
  [`$6$rounds=999$salt$${'a'.repeat(86)}`, 'has a hash that is cut short or mistyped'],
  [`$6$${'a'.repeat(17)}$${'a'.repeat(86)}`, 'has a hash that is cut short or mistyped'],
  ['$y$j9T$salt$hash', 'has a hash that is not understood'],
  [
    `$6$rounds=999999999$salt$${'a'.repeat(86)}`,
    'has a hash that takes more than half a minute, or 512 MiB, to check',
  ],
  [
    '$2b$31$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm',
    'has a hash that takes more than half a minute, or 512 MiB, to check',
  ],
  [
    `$scrypt$ln=21,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    'has a hash that takes more than half a minute, or 512 MiB, to check',
  ],
  [
    `$scrypt$ln=30,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    'has a hash that takes more than half a minute, or 512 MiB, to check',
  ],
  [
    `$argon2id$v=19$m=1048576,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
    'has a hash that takes more than half a minute, or 512 MiB, to check',
  ],
])('%s: %s', (hash, reason) => {
  expect(() => readHash(hash)).toThrow(new HashError(reason));
});

it('whatever stands there is a hash or named, and the name never has it in it', () => {
  const pieces = fc.constantFrom(
    '$',
    '$5$',
    '$6$',
    '$2b$',
    '$argon2id$',
    '$scrypt$',
    'rounds=',
    'ln=',
    ',',
    '10',
    'v=19',
    'secret',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      try {
        expect(readHash(text).text).toBe(text);
      } catch (error) {
        expect(error).toBeInstanceOf(HashError);
        expect((error as Error).message).not.toContain('secret');
      }
    }),
    { numRuns: 2000 },
  );
});
