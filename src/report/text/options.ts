// How text is laid out: in colour or not, in which characters and in which width.

export interface TextOptions {
  /** ANSI colours; whether the terminal can show them is the caller's to find out. */
  readonly colour: boolean;
  /** Whether the terminal shows more than ASCII in a drawing; it does unless this is false. */
  readonly unicode?: boolean;
  /** No line of the text is longer, down to `LEAST_COLUMNS`; `PIPED_COLUMNS` unless set. */
  readonly columns?: number;
}

/** Where nobody says how wide the reader's screen is: a pipe, a file, the log of a CI. */
export const PIPED_COLUMNS = 100;

/** Narrower than this a table would be one column a piece. */
const LEAST_COLUMNS = 40;

/** Longer lines than this are hard to read; tables may use all there is. */
const PROSE_COLUMNS = 100;

/** For tables. */
export function columnsOf({ columns = PIPED_COLUMNS }: TextOptions): number {
  return Math.max(LEAST_COLUMNS, columns);
}

/** For sentences. */
export function proseColumnsOf(options: TextOptions): number {
  return Math.min(PROSE_COLUMNS, columnsOf(options));
}
