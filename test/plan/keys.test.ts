// The one table of plan keys against what is made of it: the documentation, the flags, and what is printed.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { addStressFlags } from '../../src/cli/stress-flags.ts';
import { planDocument } from '../../src/plan/format.ts';
import type { Keys } from '../../src/plan/keys/key.ts';
import { PLAN_KEYS } from '../../src/plan/keys/plan.ts';
import { SCENARIO_KEYS } from '../../src/plan/keys/scenario.ts';
import { parsePlan } from '../../src/plan/parse.ts';

const README = readFileSync(new URL('../../src/plan/README.md', import.meta.url), 'utf8');

type Entry = readonly [string, Keys[string]];

const PLAN_ENTRIES: readonly Entry[] = Object.entries<Keys[string]>(PLAN_KEYS);
const SCENARIO_ENTRIES: readonly Entry[] = Object.entries<Keys[string]>(SCENARIO_KEYS);
const ENTRIES = [...PLAN_ENTRIES, ...SCENARIO_ENTRIES];

/** ``| `rest` (`--rest`) | 0ms | pause before each block |``. */
function documented([name, { flag, unset, says, ...key }]: Entry): string {
  const shownFlag = flag === undefined ? '' : ` (\`${flag.notation.split(' ')[0]}\`)`;
  const shownDefault = unset ?? inMarkdown(String(key.kind.print(key.default)));
  return `| \`${name}\`${shownFlag} | ${shownDefault} | ${says} |`;
}

/** A name, but no number, quantity or truth value, stands as code. */
function inMarkdown(value: string): string {
  return /^[a-z-]+$/i.test(value) && value !== 'false' ? `\`${value}\`` : value;
}

/** The rows under a heading of that kind. */
function rowsOf(heading: RegExp): string[] {
  const lines = README.split('\n');
  return lines.flatMap((line, at) => {
    if (!heading.test(line)) return [];
    const after = lines.slice(at + 2);
    const end = after.findIndex((one) => !one.startsWith('|'));
    return after.slice(0, end < 0 ? undefined : end);
  });
}

it.each([
  ['a plan', /^\| key of the plan \(flag\)/, PLAN_ENTRIES],
  ['a scenario', /^\| key of a scenario \(flag\)/, SCENARIO_ENTRIES],
])('the README has a row for each key of %s, and no other', (_, heading, entries) => {
  expect(rowsOf(heading).toSorted()).toEqual(entries.map(documented).toSorted());
});

it('every flag of a key is one of the command line, with its setting in the environment', () => {
  const { options } = addStressFlags(new Command('stress'));
  for (const [, { flag }] of ENTRIES) {
    if (flag === undefined) continue;
    const option = options.find(({ flags }) => flags === flag.notation);
    expect(option).toMatchObject({ description: flag.help });
    expect(option?.envVar).toMatch(/^PORT20_[A-Z_]+$/);
  }
});

describe('what a plan file says', () => {
  const smallest = planDocument(parsePlan('scenarios: [{ name: a }]'));

  it('is printed with every key that is a field of its own', () => {
    const own = (entries: readonly Entry[]) =>
      entries.flatMap(([name, { fill }]) => (fill === 'part' ? [] : [name]));
    expect(Object.keys(smallest)).toEqual(expect.arrayContaining(own(PLAN_ENTRIES)));
    expect(Object.keys(smallest.scenarios[0] ?? {})).toEqual(expect.arrayContaining(own(SCENARIO_ENTRIES)));
  });

  it('is printed in the form in which a flag hands it on', () => {
    const given = { ...smallest, ...smallest.scenarios[0] } as Readonly<Record<string, unknown>>;
    for (const [name, { kind, flag }] of ENTRIES) {
      const printed = given[name];
      if (!flag?.notation.includes('<') || printed === undefined || Array.isArray(printed)) continue;
      if (name === 'retry') continue; // `default` is what no flag says
      expect([name, kind.flag(String(printed))]).toEqual([name, printed]);
    }
  });
});
