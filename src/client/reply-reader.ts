// Cuts the text of a control connection into whole replies, however the packets cut it.

/** One reply of the server-PI (RFC 959 §4.2). */
export interface Reply {
  readonly replyCode: number;
  /** All its lines, with CRLF between them and none at the end. */
  readonly text: string;
}

/** More than any reply that makes sense: a peer that sends this without ending one is no FTP server. */
const MAX_UNREAD_CHARACTERS = 256 * 1024;
/** RFC 959 §4.2: `nnn text`, or lines from `nnn-` to `nnn text`. Some servers send `nnn` alone. */
const LAST_LINE = /^\d{3}(?: |$)/;
const FIRST_OF_SEVERAL = /^\d{3}-/;

export class ReplyReader {
  /** A line whose end has not come. */
  #rest = '';
  /** The lines of a reply whose last line has not come; empty between replies. */
  #lines: string[] = [];
  #charactersInLines = 0;

  /** The replies that `chunk` completes, in order. Bare LF ends a line too, as everybody accepts it. */
  read(chunk: string): readonly Reply[] {
    const replies: Reply[] = [];
    const text = this.#rest + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const reply = this.#take(text.slice(start, text[end - 1] === '\r' ? end - 1 : end));
      if (reply !== undefined) replies.push(reply);
      start = end + 1;
    }
    this.#rest = text.slice(start);
    return replies;
  }

  /** True when the peer has sent more without ending a reply than anybody should keep. */
  get overlong(): boolean {
    return this.#rest.length + this.#charactersInLines > MAX_UNREAD_CHARACTERS;
  }

  /** Between replies, a line that cannot begin one is passed over. */
  #take(line: string): Reply | undefined {
    const [first] = this.#lines;
    if (first === undefined && LAST_LINE.test(line)) return replyOf(line);
    if (first === undefined && !FIRST_OF_SEVERAL.test(line)) return undefined;
    this.#lines.push(line);
    this.#charactersInLines += line.length;
    const ended = first !== undefined && LAST_LINE.test(line) && line.startsWith(first.slice(0, 3));
    return ended ? this.#whole() : undefined;
  }

  #whole(): Reply {
    const text = this.#lines.join('\r\n');
    this.#lines = [];
    this.#charactersInLines = 0;
    return replyOf(text);
  }
}

function replyOf(text: string): Reply {
  return { replyCode: Number(text.slice(0, 3)), text };
}
