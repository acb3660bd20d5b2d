// A certificate that signs itself, for a server that lives as long as a run: made in a millisecond, of a key that nobody has again.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { TlsPem } from '../server/tls/types.ts';

const DAY_MS = 86_400_000;
/** ecdsa-with-SHA256 (RFC 5758 §3.2). */
const ECDSA_WITH_SHA256 = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
/** id-at-commonName (X.520). */
const COMMON_NAME = Buffer.from('0603550403', 'hex');

/** X.509 by hand (RFC 5280 §4.1): Node signs, and has no call that makes one. */
export function throwawayCertificate(name = 'port20', days = 1): TlsPem {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subject = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const nowMs = Date.now();
  const validity = der(0x30, timeOf(nowMs - 30 * DAY_MS), timeOf(nowMs + days * DAY_MS));
  const version3 = der(0xa0, der(0x02, Buffer.from([2])));
  const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const content = der(0x30, version3, serial, ECDSA_WITH_SHA256, subject, validity, subject, spki);
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  return {
    cert: pem(der(0x30, content, ECDSA_WITH_SHA256, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** A tag, a length, and what is in it (X.690 §8.1). */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
}

/** GeneralizedTime. */
function timeOf(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(digits));
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
