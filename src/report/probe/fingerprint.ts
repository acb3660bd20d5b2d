// What a probe found out about a server: a sheet for people, and Markdown.
import pc from 'picocolors';
import { formatEndpoint } from '../../address.ts';
import type { Confidence, Fingerprint } from '../../probe/types.ts';
import { markdownTable } from '../text/markdown.ts';
import type { TextOptions } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';

export interface FingerprintTextOptions extends TextOptions {
  /** Width to wrap to; 120 unless set. */
  readonly columns?: number;
}

const DEFAULT_COLUMNS = 120;
/** Certain things are said plainly; the others say how much they are worth. */
const MARKS: Readonly<Record<Confidence, string>> = { certain: '', likely: ' (likely)', unknown: '' };

/** A line for each trait, title and finding, with the evidence below. No newline at the end. */
export function formatFingerprint(fingerprint: Fingerprint, options: FingerprintTextOptions): string {
  const colours = pc.createColors(options.colour);
  const { columns = DEFAULT_COLUMNS } = options;
  const { server, traits, notes } = fingerprint;
  const width = Math.max(...traits.map(({ title }) => title.length)) + 2;
  const paint = { certain: (text: string) => text, likely: colours.yellow, unknown: colours.dim };
  const beside = (left: string, text: string) =>
    wrap(text, columns - width, '')
      .split('\n')
      .map((line, index) => (index === 0 ? left : '').padEnd(width) + line)
      .join('\n');
  const lines = traits.flatMap(({ title, found, confidence, evidence }) => [
    paint[confidence](beside(title, found + MARKS[confidence])),
    colours.dim(beside('', evidence)),
  ]);
  const heading = colours.bold(`${formatEndpoint(server)}, as it behaves in active mode`);
  const cautions = notes.map((note) => colours.yellow(wrap(`! ${note}`, columns, '  ')));
  return [heading, '', ...lines, ...(cautions.length > 0 ? ['', ...cautions] : [])].join('\n');
}

/** One server: trait, finding, confidence, evidence. Ends with a newline. */
export function formatFingerprintMarkdown({ server, traits, notes }: Fingerprint): string {
  const head = ['trait', 'found', 'confidence', 'how it was found out'];
  const rows = traits.map(({ title, found, confidence, evidence }) => [title, found, confidence, evidence]);
  const table = markdownTable(head, ['left', 'left', 'left', 'left'], rows);
  return `${[`## ${formatEndpoint(server)}`, table, ...notes].join('\n\n')}\n`;
}
