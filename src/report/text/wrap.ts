// Breaking a sentence into lines between its words.

/**
 * Lines of at most `columns` characters, those after the first indented. A number stays with its unit and with its
 * thousands: `1 212`, `98.3 %`, `5 s`; a formula stays whole: `1 - 1/a`, `a = 69.8`. A word that is longer than a line is broken where the line ends.
 */
export function wrap(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of unbreakable(text)) {
    if (line.trim() === '') line += word;
    else if (line.length + 1 + word.length <= columns) line += ` ${word}`;
    else {
      lines.push(line);
      line = indent + word;
    }
    for (; line.length > columns && columns > indent.length; line = indent + line.slice(columns)) {
      lines.push(line.slice(0, columns));
    }
  }
  return [...lines, line].join('\n');
}

/** Each of the lines, wrapped by itself. */
export function wrapLines(lines: readonly string[], columns: number, indent: string): string {
  return lines.map((line) => wrap(line, columns, indent)).join('\n');
}

const UNITS = /^(?:%|s|ms|min|h|B|[KMGT]iB|\d{3})[),.;:]*$/;

const OPERATOR = /^[-=×]$/;

function unbreakable(text: string): string[] {
  const words: string[] = [];
  for (const word of text.split(' ')) {
    const before = words.at(-1);
    if (before !== undefined && ((/\d$/.test(before) && UNITS.test(word)) || isOfFormula(before, word)))
      words[words.length - 1] = `${before} ${word}`;
    else words.push(word);
  }
  return words;
}

/** An operator at the beginning of a line would be taken for the mark of a list. */
function isOfFormula(before: string, word: string): boolean {
  return OPERATOR.test(word) || OPERATOR.test(before.split(' ').at(-1) ?? '');
}
