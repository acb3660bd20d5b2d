// How many bind calls a transfer took: the price of a retry loop. The tables of the scenarios have the numbers.
import { enumerate, formatRatio } from '../words/format.ts';
import { groupBy } from '../words/group.ts';
import type { Page } from './data.ts';
import { statement } from './figure.ts';
import { type Markup, NOTHING } from './markup.ts';

/** Below this one bind was enough, as far as the tables tell. */
const MORE_THAN_ONE = 1.005;

/** Empty where no server told its bind calls. */
export function bindsStatement({ result }: Page): Markup {
  const told = result.strategies.flatMap(({ contestant, bindsPerTransfer: binds }) =>
    binds === null ? [] : [{ contestant, binds }],
  );
  if (told.length === 0) return NOTHING;
  const groups = groupBy(told, ({ contestant }) => contestant);
  const [retried, once] = [true, false].map((more) =>
    groups.filter((own) => own.some(({ binds }) => binds >= MORE_THAN_ONE) === more),
  );
  const parts = (retried ?? []).map((own) => `${own[0]?.contestant} ${range(own.map(({ binds }) => binds))}`);
  const others = enumerate((once ?? []).map(([first]) => first?.contestant ?? ''));
  return statement('binds', sentence(parts, others));
}

function sentence(retried: readonly string[], once: string): string {
  if (retried.length === 0) return 'No strategy needed more than one bind for a transfer.';
  const calls = `Bind calls for a transfer, failed ones included: ${enumerate(retried)}`;
  return once === '' ? `${calls}.` : `${calls}; ${once} never needed more than one.`;
}

function range(calls: readonly number[]): string {
  const [low, high] = [Math.min(...calls), Math.max(...calls)].map(formatRatio);
  return low === high ? `${low}` : `${low} to ${high}`;
}
