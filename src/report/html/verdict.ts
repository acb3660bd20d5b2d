// What came out, before any picture: one sentence, how far it goes, reasons for doubt; what else was seen can be opened.
import { contestantsOf } from '../../plan/contestants.ts';
import type { RunResult } from '../../result/types.ts';
import { type Finding, findings } from '../text/findings.ts';
import { answer } from '../words/answer.ts';
import { formatCount } from '../words/format.ts';
import type { Page } from './data.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { prose } from './unbroken.ts';

/** While blocks are missing, the answer is one sentence, and all that hangs on it can be opened. */
export function verdictSection({ result }: Page): Markup {
  const found = findings(result);
  const textsOf = (kinds: readonly Finding['kind'][]) =>
    found.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text);
  const { invalid, sentences } = answer(result);
  const [first = '', ...more] = sentences;
  const missing = missingBlocks(result);
  const [beside, folded] = missing === NOTHING ? [more, []] : [[], more];
  return html`<section id="verdict" aria-labelledby="verdict-heading">
<h2 id="verdict-heading">Verdict</h2>
${invalid === null ? NOTHING : html`<p class="invalid"><strong>${invalid}</strong></p>\n`}<div class="verdict">
${missing}<p class="answer">${prose(first)}</p>
${beside.map((text) => html`<p>${prose(text)}</p>\n`)}</div>
${cautionList(textsOf(['caution']))}${everything([...folded, ...textsOf(['verdict', 'seen'])])}</section>
`;
}

/** `After 18 of 144 blocks`; empty where no block is missing. */
function missingBlocks({ requested, blocks, endedBy }: RunResult): Markup {
  const planned = requested.scenarios.length * contestantsOf(requested).length * requested.blocks;
  if (endedBy === 'conclusive' || blocks.length >= planned) return NOTHING;
  return html`<p class="about">After ${formatCount(blocks.length)} of ${formatCount(planned)} blocks</p>\n`;
}

function cautionList(cautions: readonly string[]): Markup {
  if (cautions.length === 0) return NOTHING;
  const items = cautions.map((text) => html`<li><strong>Caution:</strong> ${prose(text)}</li>\n`);
  return html`<ul class="cautions">\n${items}</ul>\n`;
}

function everything(texts: readonly string[]): Markup {
  if (texts.length === 0) return NOTHING;
  return html`<details><summary>All that was seen, with its numbers</summary>
<ul>\n${texts.map((text) => html`<li>${prose(text)}</li>\n`)}</ul>
</details>
`;
}
