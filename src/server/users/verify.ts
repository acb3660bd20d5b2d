// Whether a password is the one of a hash. Takes a core for as long as the hash asks: never on the thread that serves.
import { scryptSync, timingSafeEqual } from 'node:crypto';
import { type PasswordHash, parseScrypt, type Scheme, scryptMemory } from './hash.ts';

/** bcrypt looks no further, and hash-wasm refuses what is longer. */
const BCRYPT_BYTES = 72;

/** An empty password opens nothing, whatever the hash says. */
export async function verify({ scheme, text }: PasswordHash, password: Buffer): Promise<boolean> {
  if (password.length === 0) return false;
  switch (scheme) {
    case 'scrypt':
      return verifyScrypt(text, password);
    case 'sha256crypt':
    case 'sha512crypt':
      return (await import('unixcrypt')).verify(asText(password), text);
    case 'bcrypt':
      return (await hashWasm()).bcryptVerify({ password: password.subarray(0, BCRYPT_BYTES), hash: text });
    case 'argon2':
      return (await hashWasm()).argon2Verify({ password, hash: text });
    default:
      return scheme satisfies never;
  }
}

/** It says that it wants a text, of which it takes the bytes in UTF-8; bytes it takes as they are, and a password is bytes. */
function asText(password: Buffer): string {
  return password as unknown as string;
}

/** CommonJS: an import gives its names or, where they were not found, all of it as the default. */
async function hashWasm(): Promise<typeof import('hash-wasm')> {
  const loaded = (await import('hash-wasm')) as typeof import('hash-wasm') & {
    readonly default?: typeof import('hash-wasm');
  };
  return loaded.default ?? loaded;
}

function verifyScrypt(text: string, password: Buffer): boolean {
  const parts = parseScrypt(text);
  if (parts === undefined) return false;
  const { N, r, p, salt, key } = parts;
  const maxmem = 2 * scryptMemory(parts);
  return timingSafeEqual(scryptSync(password, salt, key.length, { N, r, p, maxmem }), key);
}

const A_KEY = 'A'.repeat(43);
/** A cheap hash of each scheme, that a check can be timed by. */
export const SAMPLES: Readonly<Record<Scheme, string>> = {
  scrypt: `$scrypt$ln=14,r=8,p=1$${'A'.repeat(22)}$${A_KEY}`,
  sha256crypt: `$5$rounds=2000$aaaaaaaa$${'.'.repeat(43)}`,
  sha512crypt: `$6$rounds=2000$aaaaaaaa$${'.'.repeat(86)}`,
  bcrypt: `$2b$06$${'.'.repeat(53)}`,
  argon2: `$argon2id$v=19$m=8192,t=4,p=1$${'A'.repeat(22)}$${A_KEY}`,
};
