// What a probe found out about a server: a sheet for people, and Markdown.
import pc from 'picocolors';
import { formatEndpoint } from '../../address.ts';
import type { Confidence, Fingerprint } from '../../probe/types.ts';
import { markdownTable } from '../text/markdown.ts';
import { proseColumnsOf, type TextOptions } from '../text/options.ts';
import { wrap } from '../text/wrap.ts';

/** Certain things are said plainly; the others say how much they are worth. */
const MARKS: Readonly<Record<Confidence, string>> = { certain: '', likely: ' (likely)', unknown: '' };

/** A line for each trait, title and finding, with the evidence below. No newline at the end. */
export function formatFingerprint(fingerprint: Fingerprint, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const { server, traits, notes } = fingerprint;
  // Titles are as long as half a terminal: below that they are broken, too.
  const width = Math.min(Math.max(...traits.map(({ title }) => title.length)) + 2, Math.floor(columns / 2));
  const paint = { certain: (text: string) => text, likely: colours.yellow, unknown: colours.dim };
  const beside = (left: string, text: string) => {
    const [title, found] = [wrap(left, width - 2, ''), wrap(text, columns - width, '')].map((one) =>
      one.split('\n'),
    );
    const lines = Array.from({ length: Math.max(title?.length ?? 0, found?.length ?? 0) }, (_, i) =>
      `${(title?.[i] ?? '').padEnd(width)}${found?.[i] ?? ''}`.trimEnd(),
    );
    return lines.join('\n');
  };
  const lines = traits.flatMap(({ title, found, confidence, evidence }) => [
    paint[confidence](beside(title, found + MARKS[confidence])),
    colours.dim(beside('', evidence)),
  ]);
  const heading = colours.bold(
    wrap(`${formatEndpoint(server)}, as it behaves in active mode`, columns, '  '),
  );
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
