// Certificates of tests: in PEM, and as files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwawayCertificate } from '../../src/engine/throwaway-certificate.ts';
import type { TlsPem } from '../../src/server/tls/types.ts';

export { throwawayCertificate as selfSigned } from '../../src/engine/throwaway-certificate.ts';

/** @returns the paths of the two files */
export function certificateIn(folder: string, pem: TlsPem = throwawayCertificate()): TlsPem {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  writeFileSync(cert, pem.cert);
  writeFileSync(key, pem.key, { mode: 0o600 });
  return { cert, key };
}
