// What a TLS connection of this server is made of: the versions and ciphers that it offers.
import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { TlsPem } from './types.ts';

/** Of TLS 1.2 what has forward secrecy and authenticated encryption (RFC 9325 §4.2); TLS 1.3 has nothing else. */
const CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':');

/**
 * A new one, whose tickets no other context takes: its keys are OpenSSL's own, drawn for it.
 * @throws an error of OpenSSL for a certificate and a key that cannot be used together
 */
export function createContext({ cert, key }: TlsPem): SecureContext {
  return createSecureContext({
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    // The client's choice among these: phones without AES in hardware prefer ChaCha20.
    honorCipherOrder: false,
    // A handshake costs the server more than the client; TLS 1.3 has no renegotiation either.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionIdContext: 'port20',
  });
}
