// The thread that checks passwords, one after another: answers each request of verifier.ts.
import { parentPort } from 'node:worker_threads';
import { type PasswordHash, readHash, type Scheme } from './hash.ts';
import { SAMPLES, verify } from './verify.ts';

export type VerifierRequest =
  | { readonly type: 'verify'; readonly id: number; readonly hash: PasswordHash; readonly password: string }
  | { readonly type: 'time'; readonly id: number; readonly scheme: Scheme };

export type VerifierAnswer =
  /** Whether it is the password, or the time that one unit of the scheme takes. */
  | { readonly id: number; readonly result: boolean | number }
  | { readonly id: number; readonly error: string };

const TIMED = 3;

/** The shortest of some, as a machine that is busy for a moment says nothing about the scheme. @returns ms for a unit */
async function msPerUnit(scheme: Scheme): Promise<number> {
  const hash = readHash(SAMPLES[scheme]);
  const password = Buffer.from('timed');
  await verify(hash, password); // loads what it needs
  let shortest = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TIMED; n++) {
    const startedAtMs = performance.now();
    await verify(hash, password);
    shortest = Math.min(shortest, performance.now() - startedAtMs);
  }
  return shortest / hash.units;
}

function resultOf(request: VerifierRequest): Promise<boolean | number> {
  if (request.type === 'time') return msPerUnit(request.scheme);
  return verify(request.hash, Buffer.from(request.password, 'latin1'));
}

parentPort?.on('message', async (request: VerifierRequest) => {
  const { id } = request;
  const answer: VerifierAnswer = await resultOf(request).then(
    (result) => ({ id, result }),
    (error: unknown) => ({ id, error: String(error) }),
  );
  parentPort?.postMessage(answer);
});
