// XML 1.0 as text: elements with attributes, everything escaped, nothing in it that a parser would refuse.

export type Attributes = Readonly<Record<string, string | number>>;

/** `<name a="b">…</name>`, children indented and each on lines of its own; text is escaped by `xmlText`. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${xmlAttribute(String(value))}"`,
  );
  const start = `<${name}${written.join('')}`;
  if (children.length === 0) return `${start}/>`;
  return `${start}>\n${children.join('\n')}\n</${name}>`;
}

/** Text between tags. XML 1.0 §2.4: `]]>` must not stand there, so every `>` is escaped. */
export function xmlText(text: string): string {
  return allowed(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** In double quotes. XML 1.0 §3.3.3: a parser turns line ends and tabs into spaces unless they are references. */
function xmlAttribute(text: string): string {
  return xmlText(text)
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** XML 1.0 §2.2: no control characters but tab and line ends, no half of a surrogate pair, not even escaped. */
function allowed(text: string): string {
  return text.replace(/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd');
}
