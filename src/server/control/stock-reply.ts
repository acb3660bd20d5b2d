// What ftp-srv's own handlers want to answer, as one reply code and its lines.
import { STOCK_TEXTS, type StockLetter } from '../ftp-srv.ts';
import type { Refusal } from '../refusal.ts';

export interface StockReply {
  readonly replyCode: number;
  readonly text: readonly string[];
}

/** What the stock handlers do not know. */
export interface StockReplyContext {
  /** The lines of the first 220. */
  readonly greeting: readonly string[];
  /** Of the file system. */
  readonly lastRefusal: Refusal | undefined;
}

/** A letter is a line: a text, nothing (then the code's usual text), or an object with `message`. */
export function stockReply(
  options: number | { readonly code?: number },
  letters: readonly StockLetter[],
  { greeting, lastRefusal }: StockReplyContext,
): StockReply {
  const stockCode = typeof options === 'number' ? options : (options.code ?? 200);
  // The stock handlers say 550 when the file system refuses, and for no other reason; it knows which code is right.
  const replyCode = stockCode === 550 ? (lastRefusal?.replyCode ?? 550) : stockCode;
  // The stock greeting advertises one feature in a form of its own; FEAT is there for that.
  if (replyCode === 220) return { replyCode, text: greeting };
  const lines = letters.length === 0 ? [undefined] : letters;
  return { replyCode, text: lines.map((letter) => textOf(letter, replyCode)) };
}

function textOf(letter: StockLetter, replyCode: number): string {
  const message = typeof letter === 'object' ? letter.message : letter;
  if (message === undefined || message === null || message === '') return STOCK_TEXTS[replyCode] ?? 'OK';
  return String(message);
}
