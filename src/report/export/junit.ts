// A run as JUnit XML, for the test tab of a CI: thresholds as test cases, invalid blocks as errors.
import { contestantsOf } from '../../plan/contestants.ts';
import type { RunResult } from '../../result/types.ts';
import type { ThresholdOutcome } from '../thresholds/check.ts';
import { abortInWords } from '../words/abort.ts';
import { plural } from '../words/format.ts';
import { problemInWords } from '../words/problems.ts';
import { type Attributes, element, xmlText } from './junit-xml.ts';

interface Case {
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly xml: string;
}

/**
 * One `testsuite` of the form that Jenkins, GitLab and GitHub actions read. Its test cases: for every scenario and
 * strategy of the plan whether its blocks are valid (`error` when one is not, `skipped` when none was run), then the
 * outcomes of `checkThresholds` (`failure` when one did not pass). Ends with a newline.
 */
export function formatJUnit(result: RunResult, outcomes: readonly ThresholdOutcome[]): string {
  const cases = [...validityCases(result), ...abortCases(result), ...outcomes.map(thresholdCase)];
  const name = `port20 stress: ${result.requested.name}`;
  const { skipped, ...totals } = totalsOf(cases, result);
  const timestamp = result.startedAt.slice(0, 'YYYY-MM-DDThh:mm:ss'.length); // xs:dateTime without a fraction, UTC
  const suite = element('testsuite', { name, ...totals, skipped, timestamp }, [
    properties(result),
    ...cases.map(({ xml }) => xml),
  ]);
  // Jenkins' schema has no `skipped` on the outer element.
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name, ...totals }, [suite])}\n`;
}

function totalsOf(
  cases: readonly Case[],
  { durationMs }: RunResult,
): Attributes & { readonly skipped: number } {
  const count = (kind: Case['kind']) => cases.filter((one) => one.kind === kind).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(durationMs),
  };
}

function properties({ tool, host, requested, endedBy }: RunResult): string {
  const values = {
    port20: tool.version,
    kernel: host.kernel,
    node: host.node,
    seed: requested.seed,
    endedBy,
  };
  return element(
    'properties',
    {},
    Object.entries(values).map(([name, value]) => element('property', { name, value })),
  );
}

function thresholdCase({ name, scenario, passed, reason, text }: ThresholdOutcome): Case {
  const attributes = { classname: `port20.${scenario}`, name, time: 0 };
  if (passed) return { kind: 'passed', xml: element('testcase', attributes) };
  const failure = element('failure', { message: reason ?? '', type: 'threshold' }, [xmlText(text)]);
  return { kind: 'failure', xml: element('testcase', attributes, [failure]) };
}

/** One for each threshold that may end a run; the one that did has failed. */
function abortCases({ requested, abortedBy }: RunResult): Case[] {
  return requested.abortOn.map((expression) => {
    const attributes = { classname: 'port20.abortOn', name: `abort on ${expression}`, time: 0 };
    if (abortedBy?.expression !== expression) return { kind: 'passed', xml: element('testcase', attributes) };
    const text = abortInWords(abortedBy);
    const failure = element('failure', { message: text, type: 'abort' }, [xmlText(text)]);
    return { kind: 'failure', xml: element('testcase', attributes, [failure]) };
  });
}

function validityCases({ requested, blocks }: RunResult): Case[] {
  return requested.scenarios.flatMap(({ name: scenario }) =>
    contestantsOf(requested).map(({ name: strategy }) =>
      validityCase(
        scenario,
        strategy,
        blocks.filter((block) => block.scenario === scenario && block.contestant === strategy),
      ),
    ),
  );
}

function validityCase(scenario: string, strategy: string, blocks: RunResult['blocks']): Case {
  const time = seconds(blocks.reduce((ms, { durationMs }) => ms + durationMs, 0));
  const attributes = { classname: `port20.${scenario}`, name: `${scenario}/${strategy} is valid`, time };
  const problem = problemOf(blocks);
  if (problem === null) return { kind: 'passed', xml: element('testcase', attributes) };
  return { kind: problem.kind, xml: element('testcase', attributes, [problem.xml]) };
}

function problemOf(blocks: RunResult['blocks']): Case | null {
  if (blocks.length === 0)
    return { kind: 'skipped', xml: element('skipped', { message: 'no block was run' }) };
  const invalid = blocks.filter(({ valid }) => !valid);
  if (invalid.length === 0) return null;
  const message = `${invalid.length} of ${plural(blocks.length, 'block')} invalid: do not use the numbers`;
  const lines = invalid.flatMap(({ index, problems }) =>
    problems.map((problem) => `block ${index}: ${problemInWords(problem)}`),
  );
  return {
    kind: 'error',
    xml: element('error', { message, type: 'invalid-block' }, [xmlText(lines.join('\n'))]),
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
