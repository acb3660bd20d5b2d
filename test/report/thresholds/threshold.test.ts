// Thresholds: what may be written, what is said about a mistake, and what passes.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageError } from '../../../src/errors.ts';
import { requireKnown } from '../../../src/plan/thresholds/known.ts';
import { METRIC_NAMES } from '../../../src/plan/thresholds/metrics.ts';
import { OPERATORS, parseThreshold } from '../../../src/plan/thresholds/threshold.ts';
import { checkThresholds } from '../../../src/report/thresholds/check.ts';
import { measuredOf } from '../../../src/report/thresholds/metrics.ts';
import type { StrategyResult } from '../../../src/result/types.ts';
import { samplePlan, sampleResult } from '../sample-result.ts';

const NAMES = fc.stringMatching(/^[A-Za-z0-9][\w.:#[\]-]{0,12}$/);
const SPACES = fc.constantFrom('', ' ', '  ', '\t');

describe('parseThreshold', () => {
  it.each([
    ['reuse-port.failureRate < 0.001', ['*', 'reuse-port', 'failureRate', '<', 0.001]],
    ['reuse-port.failureRate<0.1%', ['*', 'reuse-port', 'failureRate', '<', 0.001]],
    ['small-files/*.failureRateUpper <= 0.7 %', ['small-files', '*', 'failureRateUpper', '<=', 0.007]],
    ['*/legacy-bsd#2.transferP99Ms < 1.5s', ['*', 'legacy-bsd#2', 'transferP99Ms', '<', 1500]],
    ['a.b/127.0.0.1:2121.transferP50Ms <= 20', ['a.b', '127.0.0.1:2121', 'transferP50Ms', '<=', 20]],
    ['[::1]:2121.transfersPerSecond >= 2e3', ['*', '[::1]:2121', 'transfersPerSecond', '>=', 2000]],
    [' reuse-addr.failed  ==  0 ', ['*', 'reuse-addr', 'failed', '==', 0]],
    ['reuse-port.peakSockets > .5', ['*', 'reuse-port', 'peakSockets', '>', 0.5]],
  ])('%s', (text, [scenario, contestant, metric, operator, limit]) => {
    expect(parseThreshold(text)).toMatchObject({ scenario, contestant, metric, operator, limit });
  });

  it.each([
    ['reuse-port.failurerate < 1%', "unknown metric 'failurerate' (did you mean 'failureRate'?)"],
    ['reuse-port.failureRate', 'no operator: use <, <=, >, >=, =='],
    ['reuse-port.failureRate = 0', "unknown operator '=': use <, <=, >, >=, =="],
    ['reuse-port.failureRate < 5', "'5' is not a share: use a number from 0 to 1, or per cent such as 0.1%"],
    ['reuse-port.failureRate < 5ms', "'5ms' is not a share"],
    ['reuse-port.transferP99Ms < 5%', "'5%' is not a duration such as 800ms, 30s or 2m"],
    ['reuse-port.failed < 5%', "'5%' is not a number from 0 on"],
    ['reuse-port.failed < -1', "'-1' is not a number from 0 on"],
    ['reuse-port.failed <', "'' is not a number from 0 on"],
    ['failureRate < 1%', "'failureRate' is not a strategy and a metric such as reuse-port.failureRate"],
    ['/reuse-port.failureRate < 1%', "'/reuse-port.failureRate' is not a strategy and a metric"],
    ['', "'' is not a strategy and a metric"],
  ])('says what is wrong with %j', (text, message) => {
    expect(() => parseThreshold(text)).toThrow(UsageError);
    expect(() => parseThreshold(text)).toThrow(`threshold '${text}': ${message}`);
  });

  it('reads whatever the grammar allows', () => {
    const parts = fc.record({
      scenario: fc.option(fc.oneof(NAMES, fc.constant('*')), { nil: undefined }),
      contestant: fc.oneof(NAMES, fc.constant('*')),
      metric: fc.constantFrom(...METRIC_NAMES),
      operator: fc.constantFrom(...OPERATORS),
      limit: fc.double({ min: 0, max: 1, noNaN: true }),
      space: SPACES,
    });
    fc.assert(
      fc.property(parts, ({ scenario, contestant, metric, operator, limit, space }) => {
        const place = scenario === undefined ? contestant : `${scenario}/${contestant}`;
        const read = parseThreshold(`${space}${place}.${metric}${space}${operator}${space}${limit}`);
        expect(read).toMatchObject({ scenario: scenario ?? '*', contestant, metric, operator });
        expect(read.limit).toBeCloseTo(limit, 14);
        expect(parseThreshold(read.text)).toEqual(read);
      }),
    );
  });

  it('answers any text with a threshold or with one line', () => {
    const pieces = fc.constantFrom(
      'a',
      '.',
      '/',
      '*',
      '<',
      '=',
      '%',
      ' ',
      '1',
      'ms',
      'failed',
      'failureRate',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (text) => {
          try {
            parseThreshold(text);
          } catch (error) {
            expect(error).toBeInstanceOf(UsageError);
            expect((error as Error).message).not.toContain('\n');
          }
        },
      ),
    );
  });
});

describe('requireKnown', () => {
  it.each([
    ['reuse-prt.failed == 0', "there is no strategy 'reuse-prt' (did you mean 'reuse-port'?): use legacy, "],
    ['downloads/legacy.failed == 0', "there is no scenario 'downloads' (did you mean 'downloads-8'?)"],
  ])('refuses %s', (text, message) => {
    expect(() => requireKnown([parseThreshold(text)], samplePlan())).toThrow(
      `threshold '${text}': ${message}`,
    );
  });

  it('refuses what another server never tells, by name or by *', () => {
    const plan = samplePlan({ peers: ['vsftpd'] });
    const require = (text: string) => () => requireKnown([parseThreshold(text)], plan);
    const problem = 'only the built-in server tells waitToBindP99Ms, vsftpd does not: name a binder';
    expect(require('vsftpd.waitToBindP99Ms < 1s')).toThrow(problem);
    expect(require('*.waitToBindP99Ms < 1s')).toThrow(problem);
    expect(require('legacy.waitToBindP99Ms < 1s')).not.toThrow();
    expect(require('vsftpd.transferP99Ms < 1s')).not.toThrow();
  });
});

describe('checkThresholds', () => {
  const result = sampleResult();
  const check = (text: string, changes: Partial<StrategyResult> = {}) => {
    const strategies = result.strategies.map((strategy) => ({ ...strategy, ...changes }));
    return checkThresholds({ ...result, strategies }, [parseThreshold(text)]);
  };
  const textOf = (text: string, changes: Partial<StrategyResult> = {}) =>
    check(text, changes).map((outcome) => outcome.text);

  it('looks in every scenario unless one is named', () => {
    expect(textOf('reuse-port.failureRate < 0.1%')).toEqual([
      'downloads-8/reuse-port.failureRate < 0.1%: passed, measured 0',
      'downloads-64/reuse-port.failureRate < 0.1%: passed, measured 0',
    ]);
    expect(textOf('downloads-8/reuse-port.failureRate < 0.1%')).toHaveLength(1);
    expect(textOf('*/*.failureRate < 0.1%')).toHaveLength(12);
  });

  it('tells the number that failed', () => {
    expect(check('downloads-8/legacy.failureRate<0.5')).toMatchObject([
      {
        passed: false,
        measured: 1126 / 1154,
        reason: 'measured 0.975737',
        scenario: 'downloads-8',
        contestant: 'legacy',
      },
    ]);
  });

  it('never shows a measured number that failed as equal to its limit', () => {
    const [outcome] = check('downloads-8/legacy.failureRate < 0.5', { failureRate: 0.50000001 });
    expect(outcome?.reason).toBe('measured 0.50000001');
  });

  it.each([
    ['<', false],
    ['<=', false],
    ['==', false],
    ['>', true],
    ['>=', true],
  ])('a quantile among failures is more than any number: %s', (operator, passed) => {
    const [outcome] = check(`downloads-8/legacy.transferP99Ms ${operator} 1000s`, {
      transferP99Ms: 'failed',
    });
    expect(outcome).toMatchObject({ passed, measured: 'failed' });
    expect(outcome?.text).toContain('measured failures at this quantile');
  });

  it.each(OPERATORS)('what was not measured does not pass: %s', (operator) => {
    const [outcome] = check(`downloads-8/legacy.transferP99Ms ${operator} 0`, { transferP99Ms: null });
    expect(outcome).toMatchObject({ passed: false, measured: null, reason: 'not measured' });
  });

  it('a strategy of the plan without a valid block was not measured', () => {
    const [outcome] = checkThresholds({ ...result, strategies: [] }, [
      parseThreshold('downloads-8/legacy.failed == 0'),
    ]);
    expect(outcome?.text).toBe('downloads-8/legacy.failed == 0: failed, not measured');
  });

  it.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['==', [false, true, false]],
    ['>=', [false, true, true]],
    ['>', [false, false, true]],
  ])('5 against 4, 5 and 6 with %s', (operator, expected) => {
    const at = (failed: number) => check(`downloads-8/legacy.failed ${operator} 5`, { failed })[0]?.passed;
    expect([4, 5, 6].map(at)).toEqual(expected);
  });

  it('finds every metric in the sample', () => {
    const strategy = result.strategies.find(({ contestant }) => contestant === 'reuse-port');
    const missing = METRIC_NAMES.filter(
      (name) => strategy === undefined || measuredOf(name, strategy) === null,
    );
    expect(missing).toEqual([]);
  });
});
