// Lines for a file, a pipe or a terminal that may be full, gone or not read: none of it stops the server, and losses are counted.
import { errorCodeOf } from '../../errors.ts';
import type { Output } from '../../net/output.ts';

export interface LineSinkOptions {
  /** Called at once, and by `reopen`. @throws an error with `code` */
  readonly open: () => Output;
  /** Told once of each row of failures, not of each: with the errno, or EAGAIN for a reader that is too slow. */
  readonly onTrouble?: (code: string) => void;
  /** A line that tells, once lines are taken again, how many were lost. */
  readonly lossNote?: (lines: number) => string;
}

/** What a reader that has fallen behind may still get. */
const MOST_WAITING_BYTES = 1024 * 1024;
const RETRY_AFTER_MS = 100;
const LINE_FEED = Buffer.from('\n');

interface Entry {
  readonly bytes: Buffer;
  /** How many lost lines it tells of; 0 for a line that is no such note. */
  readonly noteOf: number;
}

export class LineSink {
  readonly #options: LineSinkOptions;
  #output: Output;
  /** Lines that were not taken yet; of the first, perhaps its end alone. */
  readonly #waiting: Entry[] = [];
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #lost = 0;
  #lostSinceNote = 0;
  #inTrouble = false;
  /** The first of those that wait was taken in part. */
  #begun = false;
  /** The end of a line was lost whose beginning was taken. */
  #torn = false;
  #closed = false;

  /** @throws what `open` throws */
  constructor(options: LineSinkOptions) {
    this.#options = options;
    this.#output = options.open();
  }

  /** Lines so far that were not taken to their end. */
  get lost(): number {
    return this.#lost;
  }

  /** @param line with its line feed. Never throws, never waits */
  write(line: string): void {
    if (this.#closed) return; // whoever has it still: its descriptor may be another file's by now
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > MOST_WAITING_BYTES) {
      this.#lose('EAGAIN');
      return;
    }
    this.#noteLoss();
    this.#push({ bytes, noteOf: 0 });
    if (this.#retry === undefined) this.#flush();
  }

  /** After the file was renamed (logrotate): from now on the name's own file is written. Keeps the old one on failure. @throws */
  reopen(): void {
    if (this.#closed) return;
    const next = this.#options.open();
    this.#flush(); // what waits belongs to the old one, as far as that takes it
    this.#output.close();
    if (next.place !== this.#output.place) this.#beginAnew();
    this.#output = next;
  }

  /** What waits is offered once more, and is lost if there is still no room. For good; may be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#flush();
    clearTimeout(this.#retry);
    this.#output.close();
  }

  #flush(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.#offer(next)) {
        this.#retry = setTimeout(() => this.#flush(), RETRY_AFTER_MS).unref();
        return;
      }
    }
  }

  /** @returns whether it is done with, taken or lost */
  #offer(entry: Entry): boolean {
    const bytes = this.#torn ? Buffer.concat([LINE_FEED, entry.bytes]) : entry.bytes;
    try {
      const taken = this.#output.write(bytes);
      if (taken === 0) return false;
      this.#waiting.shift();
      this.#waitingBytes -= entry.bytes.length;
      this.#torn = false;
      this.#begun = taken < bytes.length;
      if (!this.#begun) this.#inTrouble = false;
      else this.#putBack({ ...entry, bytes: bytes.subarray(taken) });
      return !this.#begun;
    } catch (error) {
      this.#torn ||= this.#begun;
      this.#loseFirst(entry, errorCodeOf(error));
      return true;
    }
  }

  /** Another file has no line that is torn, and is not to begin with the end of one. */
  #beginAnew(): void {
    const [first] = this.#waiting;
    if (this.#begun && first !== undefined) this.#loseFirst(first, 'EAGAIN');
    this.#torn = false;
  }

  #loseFirst({ bytes, noteOf }: Entry, code: string): void {
    this.#waiting.shift();
    this.#waitingBytes -= bytes.length;
    this.#begun = false;
    if (noteOf > 0) this.#lostSinceNote += noteOf;
    else this.#lose(code);
  }

  #noteLoss(): void {
    const lines = this.#lostSinceNote;
    const { lossNote } = this.#options;
    if (lines === 0 || lossNote === undefined) return;
    this.#lostSinceNote = 0;
    this.#push({ bytes: Buffer.from(lossNote(lines)), noteOf: lines });
  }

  #push(entry: Entry): void {
    this.#waiting.push(entry);
    this.#waitingBytes += entry.bytes.length;
  }

  #putBack(entry: Entry): void {
    this.#waiting.unshift(entry);
    this.#waitingBytes += entry.bytes.length;
  }

  #lose(code: string): void {
    this.#lost++;
    this.#lostSinceNote++;
    if (this.#inTrouble) return;
    this.#inTrouble = true;
    this.#options.onTrouble?.(code);
  }
}
