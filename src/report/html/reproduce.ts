// How to run it again: the command, and the plan with every default spelled out.
import { formatPlan } from '../../plan/format.ts';
import type { Plan } from '../../plan/types.ts';
import type { Page } from './data.ts';
import { html, type Markup } from './markup.ts';

/** `command`: as the user gave it; without one, the plan below as a file. */
export function reproduceSection({ result }: Page, command: string | undefined): Markup {
  const { seed } = result.requested;
  return html`<section id="reproduce" aria-labelledby="reproduce-heading">
<h2 id="reproduce-heading">Run it again</h2>
${command === undefined ? '' : html`<p>This run was started by</p>\n<pre tabindex="0"><code>${command}</code></pre>\n`}
<p>With the plan below saved as <code>plan.yaml</code>, this runs the same plan with the same seed:</p>
<pre tabindex="0"><code>npx port20 stress plan.yaml --seed ${seed} --out result.json</code></pre>
${planDetails(result.requested)}</section>
`;
}

export function planDetails(plan: Plan): Markup {
  return html`<details><summary>The plan</summary>
<pre tabindex="0"><code>${formatPlan(plan)}</code></pre>
</details>
`;
}
