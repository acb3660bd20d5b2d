// The HTML around a page: what every document of ours has in its head.
import { html, type Markup, trusted } from './markup.ts';
import { STYLE } from './style.ts';

export interface Shell {
  readonly title: string;
  /** What this page alone has in its head. */
  readonly head: Markup;
  /** With its tag. */
  readonly body: Markup;
}

export function htmlDocument({ title, head, body }: Shell): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${head}<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
${body}
</html>
`.markup;
}
