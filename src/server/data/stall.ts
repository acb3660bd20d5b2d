// A data connection of which nothing moves: found out by the bytes that the peer has taken or sent, not by our writes.
import { Standstill } from './standstill.ts';

/** A stall is found this many times within its limit, so that it is ended at most a tenth late. */
const CHECKS = 10;

export interface StallWatch {
  /** So far: those that the peer has taken or sent. */
  readonly bytesTaken: () => number;
  readonly limitMs: number;
  readonly nowMs: () => number;
  /** Whether nothing moves because we hold it back. */
  readonly held: () => boolean;
  readonly onStall: () => void;
}

/**
 * Calls `onStall` once when nothing has moved for `limitMs`, though it might. Not `socket.setTimeout`: it knows what was handed to the
 * kernel and not what the peer took of it, and after a full write queue it waits twice.
 * @returns a function that ends the watch
 */
export function watchForStall({ bytesTaken, limitMs, nowMs, held, onStall }: StallWatch): () => void {
  const standstill = new Standstill(limitMs, nowMs());
  const check = () => {
    if (held()) standstill.beginAnew(nowMs());
    if (standstill.isOver(bytesTaken(), nowMs())) onStall();
    else timer = setTimeout(check, limitMs / CHECKS);
  };
  let timer = setTimeout(check, limitMs / CHECKS);
  return () => clearTimeout(timer);
}
