// Large buffers that the uploads of a process share: filled while the disk writes, so that few calls move much.

/** With the CPU's cache in mind: what was received is still there when it is written. */
export const LARGE_BYTES = 512 * 1024;
/** In all 16 MiB, however many uploads there are: who finds none goes on with what Node reads. */
const MOST_BUFFERS = 32;

const free: Buffer[] = [];
let made = 0;

/** The caller's until it is given back; undefined when all are in use. */
export function takeLargeBuffer(): Buffer | undefined {
  const buffer = free.pop();
  if (buffer !== undefined || made === MOST_BUFFERS) return buffer;
  made++;
  return Buffer.allocUnsafeSlow(LARGE_BYTES);
}

export function giveLargeBuffer(buffer: Buffer): void {
  free.push(buffer);
}
