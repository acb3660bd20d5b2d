// What came out, before any chart: the answer, the comparisons, then every reason for doubt, then what else was seen.
import { type Finding, findings } from '../text/findings.ts';
import { answer } from '../words/answer.ts';
import type { Page } from './data.ts';
import { html, type Markup, NOTHING } from './markup.ts';

export function verdictSection({ result }: Page): Markup {
  const found = findings(result);
  const textsOf = (wanted: Finding['kind']) =>
    found.filter(({ kind }) => kind === wanted).map(({ text }) => text);
  const [compared, cautions, seen] = [textsOf('verdict'), textsOf('caution'), textsOf('seen')];
  // Without a comparison, what was seen is all the verdict that there is.
  const [verdict, others] = compared.length > 0 ? [compared, seen] : [seen, []];
  return html`<section id="verdict" aria-labelledby="verdict-heading">
<h2 id="verdict-heading">Verdict</h2>
${answer(result).map((line, i) => (result.valid || i > 0 ? html`<p>${line}</p>\n` : html`<p class="invalid"><strong>${line}</strong></p>\n`))}${list('verdict', verdict)}${cautionList(cautions)}${
  others.length === 0 ? NOTHING : html`<h3>What was seen</h3>\n${list('seen', others)}`
}</section>
`;
}

function cautionList(cautions: readonly string[]): Markup {
  if (cautions.length === 0) return NOTHING;
  const items = cautions.map((text) => html`<li><strong>Caution:</strong> ${text}</li>\n`);
  return html`<h3>Reasons for caution</h3>\n<ul class="cautions">\n${items}</ul>\n`;
}

function list(name: string, texts: readonly string[]): Markup {
  if (texts.length === 0) return NOTHING;
  return html`<ul class="${name}">\n${texts.map((text) => html`<li>${text}</li>\n`)}</ul>\n`;
}
