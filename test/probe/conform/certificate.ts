// A self-signed certificate, with its key, for servers of tests: nobody trusts it, and nobody is asked to.
import { readFileSync } from 'node:fs';

export const PEM = readFileSync(new URL('../certificate.pem', import.meta.url));
