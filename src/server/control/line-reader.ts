// From bytes to command lines: any packet boundaries, CRLF or LF, and a bound on what is kept.
import { withoutTelnet } from '../../ftp/command-line.ts';

const LF = 10;
const CR = 13;

export interface LineReaderEvents {
  /** A byte string: names come in no encoding that could be known. */
  onLine(line: string): void;
  /** A line was too long and is dropped; called once, where the line ends, so that replies keep their order. */
  onOverlong(): void;
}

export class LineReader {
  readonly #events: LineReaderEvents;
  readonly #maxBytes: number;
  /** What has arrived of a line without its end; at most `maxBytes` and one packet. */
  #partial: Buffer | undefined;
  #dropping = false;

  constructor(maxBytes: number, events: LineReaderEvents) {
    this.#maxBytes = maxBytes;
    this.#events = events;
  }

  push(packet: Buffer): void {
    let from = 0;
    for (let end = packet.indexOf(LF); end !== -1; end = packet.indexOf(LF, from)) {
      this.#endLine(packet.subarray(from, end));
      from = end + 1;
    }
    if (from < packet.length) this.#keep(packet.subarray(from));
  }

  #endLine(tail: Buffer): void {
    const line = this.#partial === undefined ? tail : Buffer.concat([this.#partial, tail]);
    const overlong = this.#dropping || line.length > this.#maxBytes;
    this.#partial = undefined;
    this.#dropping = false;
    if (overlong) this.#events.onOverlong();
    else this.#events.onLine(textOf(line));
  }

  #keep(tail: Buffer): void {
    if (this.#dropping) return;
    const bytes = (this.#partial?.length ?? 0) + tail.length;
    if (bytes > this.#maxBytes) {
      this.#dropping = true;
      this.#partial = undefined;
      return;
    }
    // A copy: `tail` is a view of the socket's read buffer, which is reused.
    this.#partial = this.#partial === undefined ? Buffer.from(tail) : Buffer.concat([this.#partial, tail]);
  }
}

function textOf(line: Buffer): string {
  const end = line.at(-1) === CR ? line.length - 1 : line.length;
  return withoutTelnet(line.subarray(0, end)).toString('latin1');
}
