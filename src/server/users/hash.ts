// Hashes of passwords as users files have them: which are understood, what checking one costs, and how ours are made.
import { randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

export type Scheme = 'scrypt' | 'sha256crypt' | 'sha512crypt' | 'bcrypt' | 'argon2';

export interface PasswordHash {
  readonly scheme: Scheme;
  /** As the file has it. */
  readonly text: string;
  /** What a check takes, in units of the scheme: rounds, passes over a KiB; of one scheme twice as many take twice as long. */
  readonly units: number;
}

/**
 * What checking one may take, about half a minute of a core: what pure-pw makes must be among it, argon2id of 8 MiB and as
 * many passes as its host has time for, 1 023 on a common one; and a login that takes longer is given up by clients.
 */
const MOST_UNITS: Readonly<Record<Scheme, number>> = {
  scrypt: 2 ** 25,
  sha256crypt: 1e7,
  sha512crypt: 1e7,
  bcrypt: 2 ** 18,
  argon2: 4e7,
};
const MOST_MEMORY_BYTES = 512 * 2 ** 20;
const CRYPT_ROUNDS = 5000;

/** Why a hash cannot be used, for people; never the hash itself. */
export class HashError extends Error {
  override readonly name = 'HashError';
}

/** @throws HashError */
export function readHash(text: string): PasswordHash {
  const read = readScrypt(text) ?? readCrypt(text) ?? readBcrypt(text) ?? readArgon2(text);
  if (read === undefined) throw new HashError(whyNot(text));
  const { units, memoryBytes = 0, ...hash } = read;
  if (units > MOST_UNITS[hash.scheme] || memoryBytes > MOST_MEMORY_BYTES) {
    throw new HashError('has a hash that takes more than half a minute, or 512 MiB, to check');
  }
  return { ...hash, text, units };
}

interface Read {
  readonly scheme: Scheme;
  readonly units: number;
  readonly memoryBytes?: number;
}

export interface ScryptParts {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** The PHC form, `$scrypt$ln=14,r=8,p=5$salt$key`; undefined for whatever else. */
export function parseScrypt(text: string): ScryptParts | undefined {
  const [, ln, r, p, salt = '', key = ''] =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/.exec(
      text,
    ) ?? [];
  const [exponent, blocks, lanes] = [Number(ln), Number(r), Number(p)];
  if (!(exponent >= 1 && blocks >= 1 && lanes >= 1)) return undefined;
  const [saltBytes, keyBytes] = [Buffer.from(salt, 'base64'), Buffer.from(key, 'base64')];
  return { N: 2 ** exponent, r: blocks, p: lanes, salt: saltBytes, key: keyBytes };
}

/** OpenSSL counts a little more than the 128·N·r of RFC 7914 §2. */
export function scryptMemory({ N, r, p }: Pick<ScryptParts, 'N' | 'r' | 'p'>): number {
  return 128 * (N + p + 2) * r;
}

function readScrypt(text: string): Read | undefined {
  const parts = parseScrypt(text);
  if (parts === undefined) return undefined;
  return { scheme: 'scrypt', units: parts.N * parts.r * parts.p, memoryBytes: scryptMemory(parts) };
}

/** crypt(5): SHA-256 and SHA-512. Less than 1000 rounds are none: crypt(3) would write 1000 into what it makes. */
function readCrypt(text: string): Read | undefined {
  const [, id, rounds = String(CRYPT_ROUNDS), key = ''] =
    /^\$([56])\$(?:rounds=([1-9]\d{3,8})\$)?[./0-9A-Za-z]{0,16}\$([./0-9A-Za-z]+)$/.exec(text) ?? [];
  if (key.length !== (id === '5' ? 43 : 86)) return undefined;
  return { scheme: id === '5' ? 'sha256crypt' : 'sha512crypt', units: Number(rounds) };
}

/** `$2x$` is left out: a fault of one implementation, and whoever has it must say so. */
function readBcrypt(text: string): Read | undefined {
  const [, cost] = /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/.exec(text) ?? [];
  return cost === undefined ? undefined : { scheme: 'bcrypt', units: 2 ** Number(cost) };
}

function readArgon2(text: string): Read | undefined {
  const [, settings] =
    /^\$argon2(?:id|i)\$v=19\$((?:[mtp]=[1-9]\d{0,8},){2}[mtp]=[1-9]\d{0,8})\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}$/.exec(
      text,
    ) ?? [];
  const values = new Map(settings?.split(',').map((one) => [one.charAt(0), Number(one.slice(2))]));
  const [m, t, p] = [values.get('m'), values.get('t'), values.get('p')];
  if (m === undefined || t === undefined || p === undefined || m < 8 * p) return undefined;
  return { scheme: 'argon2', units: m * t, memoryBytes: m * 1024 };
}

function whyNot(text: string): string {
  if (text === '') return 'has no password';
  if (text.startsWith('$1$') || text.startsWith('$apr1$'))
    return 'has an MD5 hash, which is guessed too fast';
  if (text.startsWith('$7$')) return "has libsodium's scrypt, which is not understood";
  if (text.startsWith('$2x$')) return 'has a hash of the faulty kind of bcrypt, $2x$';
  if (/^\$(scrypt|5|6|2[aby]|argon2)/.test(text)) return 'has a hash that is cut short or mistyped';
  if (text.startsWith('$')) return 'has a hash that is not understood';
  if (/^[./0-9A-Za-z]{13}$/.test(text)) return 'has a DES hash, of which eight characters count';
  return 'has a password that is no hash';
}

/** OWASP's password storage cheat sheet, as strong as N = 2^17 with p = 1 at an eighth of the memory. */
const OURS = { N: 2 ** 14, r: 8, p: 5 } as const;
const KEY_BYTES = 32;

/** A new hash of ours. @param password bytes */
export async function hashPassword(password: Buffer): Promise<string> {
  const salt = randomBytes(16);
  const derive = promisify<Buffer, Buffer, number, object, Buffer>(scrypt);
  const key = await derive(password, salt, KEY_BYTES, { ...OURS, maxmem: 2 * scryptMemory(OURS) });
  const [salt64, key64] = [salt, key].map((bytes) => bytes.toString('base64').replace(/=+$/, ''));
  return `$scrypt$ln=${Math.log2(OURS.N)},r=${OURS.r},p=${OURS.p}$${salt64}$${key64}`;
}
