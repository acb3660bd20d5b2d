// The table of a scenario while others are still to come: when there is one, and what is in it.
import { expect, it } from '@jest/globals';
import { createScenarioTables } from '../../src/cli/scenario-tables.ts';
import { fillPlan } from '../../src/plan/parse.ts';
import { sampleBlock } from '../report/sample-result.ts';

const OPTIONS = { colour: false, columns: 80 };
const DOCUMENT = {
  ...{ binders: ['reuse-port', 'ephemeral'], blocks: 2 },
  scenarios: [{ name: 'few' }, { name: 'many' }],
};

function tablesOf(document: Readonly<Record<string, unknown>>) {
  const tables = createScenarioTables(fillPlan(document), OPTIONS);
  return ['few', 'many'].flatMap((scenario) =>
    [0, 1].flatMap((index) =>
      DOCUMENT.binders.map((contestant) =>
        tables.add(sampleBlock({ scenario, index, contestant, contention: null })),
      ),
    ),
  );
}

it('is shown with the last block of a scenario, but of the last: the report follows that', () => {
  const shown = tablesOf(DOCUMENT);
  expect(shown.map((table) => table !== undefined)).toEqual([
    ...[false, false, false, true],
    ...[false, false, false, false],
  ]);
  expect(shown[3]).toMatch(/^few: /);
  expect(shown[3]).toMatch(/^reuse-port +200 +200 +0 +0 %/m);
});

it('is not shown of rounds, where all scenarios end at once', () => {
  expect(tablesOf({ ...DOCUMENT, maxTime: '10m' }).filter((table) => table !== undefined)).toEqual([]);
});
