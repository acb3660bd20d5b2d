// A strict parser of the XML that a JUnit report may be: it throws at whatever XML 1.0 calls not well-formed.

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Text directly inside. */
  readonly text: string;
}

const PROLOG = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/;
const NAME = '[A-Za-z_][\\w.-]*';
const TOKEN = new RegExp(`<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*"[^"<]*")*)\\s*(/?)>|([^<]+)`, 'y');
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*"([^"]*)"`, 'g');
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d+));/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** @throws Error for what is not well-formed */
export function parseXml(document: string): Element {
  if (!PROLOG.test(document)) throw new Error('no XML declaration');
  if (/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/u.test(document))
    throw new Error('a forbidden character');
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  const body = document.replace(PROLOG, '');
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const from = TOKEN.lastIndex;
    const token = TOKEN.exec(body);
    if (token === null) throw new Error(`not well-formed at '${body.slice(from, from + 40)}'`);
    take(token, stack);
  }
  const [only, ...more] = root.children;
  if (stack.length !== 1 || only === undefined || more.length > 0 || root.text.trim() !== '') {
    throw new Error('not exactly one element at the top');
  }
  return only;
}

function take([, slash, name, attributes, empty, text]: RegExpExecArray, stack: Open[]): void {
  const top = stack.at(-1) as Open;
  if (text !== undefined) top.text += decoded(text);
  else if (slash === '/') close(name as string, attributes as string, stack);
  else {
    const opened: Open = {
      name: name as string,
      attributes: attributesOf(attributes ?? ''),
      children: [],
      text: '',
    };
    top.children.push(opened);
    if (empty === '') stack.push(opened);
  }
}

function close(name: string, attributes: string, stack: Open[]): void {
  const top = stack.pop();
  if (top?.name !== name || attributes !== '') throw new Error(`</${name}> closes <${top?.name}>`);
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(
    ([, name = '', value = '']) => [name, decoded(value)] as const,
  );
  if (new Set(pairs.map(([name]) => name)).size !== pairs.length)
    throw new Error(`an attribute twice: ${text}`);
  return Object.fromEntries(pairs);
}

function decoded(text: string): string {
  if (text.replace(REFERENCE, '').includes('&') || text.includes(']]>'))
    throw new Error(`not escaped: ${text}`);
  return text.replace(REFERENCE, (_, entity?: string, code?: string) =>
    entity === undefined ? String.fromCharCode(Number(code)) : (ENTITIES[entity] ?? ''),
  );
}
