// The process between two TUN devices, its descriptors 4 and 5: each packet goes from the one to the other, later.
import { read, writeSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { obeyParentAlone } from './messages.ts';

const ENDS = [4, 5] as const;
/** What a device takes whole; its MTU is less. */
const PACKET_BYTES = 64 * 1024;
/** More than a line holds is lost, as it is in a router whose queue is full. */
const MOST_PACKETS = 10_000;

/** In the order in which they came, for all wait for the same time. */
function carry(from: number, to: number, delayMs: number): void {
  const waiting: { readonly packet: Buffer; readonly dueMs: number }[] = [];
  const buffer = Buffer.allocUnsafe(PACKET_BYTES);
  const deliver = () => {
    const nowMs = systemClock.nowMs();
    for (let next = waiting[0]; next !== undefined && next.dueMs <= nowMs; next = waiting[0]) {
      waiting.shift();
      write(to, next.packet);
    }
    const next = waiting[0];
    if (next !== undefined) setTimeout(deliver, Math.max(1, next.dueMs - nowMs));
  };
  const readNext = () =>
    read(from, buffer, 0, PACKET_BYTES, null, (error, bytes) => {
      if (error !== null) throw error;
      if (waiting.length < MOST_PACKETS) {
        const packet = Buffer.from(buffer.subarray(0, bytes));
        waiting.push({ packet, dueMs: systemClock.nowMs() + delayMs });
        if (waiting.length === 1) setTimeout(deliver, delayMs);
      }
      readNext();
    });
  readNext();
}

function write(end: number, packet: Buffer): void {
  try {
    writeSync(end, packet);
  } catch {
    // It takes no such packet: lost, as on any line.
  }
}

obeyParentAlone();
const delayMs = Number(process.argv[2]);
carry(ENDS[0], ENDS[1], delayMs);
carry(ENDS[1], ENDS[0], delayMs);
