// Several whole runs of one plan as one result: their blocks side by side, each run's pairs kept together.
import { InvalidRunError, UsageError } from '../errors.ts';
import { compareWithBaseline, summarizeStrategies } from '../judge/summary.ts';
import { mergedWarnings } from '../judge/warnings.ts';
import { settingDifferences } from '../report/compare/settings.ts';
import type { RunResult } from '../result/types.ts';
import { VERSION } from '../version.ts';

/** A result, and what it is called in a message: a file. */
export interface NamedResult {
  readonly name: string;
  readonly result: RunResult;
}

type MergedRun = RunResult['merged'][number];

/** What may differ between runs of one plan: neither a block's load nor how it is measured depends on it. */
const MAY_DIFFER: readonly string[] = ['tool.version', 'plan.seed', 'plan.blocks', 'plan.maxTime'];

/**
 * Blocks are numbered on from run to run, so that those that stood under the same conditions are still pairs; rates,
 * quantiles, comparisons and predictions are made from all of them as those of one run are. Hosts may differ, which the
 * result's reports say.
 * @throws UsageError for runs that are of different plans, not whole, or the same; InvalidRunError for an invalid one
 */
export function mergeResults(named: readonly NamedResult[]): RunResult {
  const [first, ...others] = named;
  if (first === undefined || others.length === 0)
    throw new UsageError('name two results, or more, to be merged');
  for (const one of named) requireWhole(one);
  for (const one of others) requireSamePlan(first, one);
  const runs = named.map(({ result }) => runsOf(result));
  requireDifferentRuns(named, runs);
  const counts = named.map(({ result }) => result.requested.blocks);
  const offsets = counts.map((_, i) => counts.slice(0, i).reduce((sum, blocks) => sum + blocks, 0));
  const results = named.map(({ result }) => result);
  const plan = { ...first.result.requested, blocks: counts.reduce((sum, blocks) => sum + blocks, 0) };
  const blocks = results.flatMap((result, i) =>
    result.blocks.map((block) => ({ ...block, index: block.index + (offsets[i] ?? 0) })),
  );
  return {
    ...first.result,
    tool: { name: 'port20', version: VERSION },
    startedAt: results.map(({ startedAt }) => startedAt).sort()[0] ?? first.result.startedAt,
    durationMs: results.reduce((sum, { durationMs }) => sum + durationMs, 0),
    requested: plan,
    blocks,
    strategies: summarizeStrategies(plan, blocks),
    comparisons: compareWithBaseline(plan, blocks),
    warnings: mergedWarnings(
      plan,
      blocks,
      results.flatMap(({ warnings }) => warnings),
    ),
    resumed: results.flatMap(({ resumed }) => resumed),
    ...carriersOf(results, offsets),
    merged: runs.flatMap((own, i) =>
      own.map((run) => ({ ...run, firstIndex: run.firstIndex + (offsets[i] ?? 0) })),
    ),
  };
}

/** Who carried load in any of them, each once, and what was lost, by the numbers of the blocks here. */
function carriersOf(
  results: readonly RunResult[],
  offsets: readonly number[],
): Pick<RunResult, 'agents' | 'lost'> {
  const agents = new Map(
    results.flatMap((result) => result.agents ?? []).map((agent) => [JSON.stringify(agent), agent]),
  );
  const lost = results.flatMap((result, i) =>
    (result.lost ?? []).map((shard) => ({ ...shard, index: shard.index + (offsets[i] ?? 0) })),
  );
  return {
    ...(agents.size > 0 && { agents: [...agents.values()] }),
    ...(lost.length > 0 && { lost }),
  };
}

/** The runs that a result is made of: itself, or those that were merged into it before. */
function runsOf({ merged, requested, startedAt, durationMs, tool, host }: RunResult): readonly MergedRun[] {
  if (merged.length > 0) return merged;
  const { seed, blocks } = requested;
  return [{ seed, startedAt, durationMs, toolVersion: tool.version, host, firstIndex: 0, blocks }];
}

/** What ended a run early may have been its own numbers: those that were ended would be a choice among all. */
function requireWhole({ name, result }: NamedResult): void {
  const { valid, partial, endedBy, requested } = result;
  if (!valid) throw new InvalidRunError(`'${name}' is the result of an invalid run: nothing follows from it`);
  if (partial) {
    throw new UsageError(
      `'${name}' is not the whole of its plan: finish it with port20 stress --resume, or leave it out`,
    );
  }
  if (endedBy === 'conclusive' || requested.until === 'conclusive') {
    throw new UsageError(
      `'${name}' was to end when its comparisons were settled (until: conclusive): merge runs that have all their blocks`,
    );
  }
}

function requireSamePlan(a: NamedResult, b: NamedResult): void {
  const scenarios = [a, b].flatMap(({ result }) => result.requested.scenarios.map(({ name }) => name));
  const different = settingDifferences(a.result, b.result, [...new Set(scenarios)]).find(
    ({ setting }) => /^(plan|scenario)\./.test(setting) && !MAY_DIFFER.includes(setting),
  );
  if (different === undefined) return;
  const { setting, baseline, candidate } = different;
  throw new UsageError(
    `'${a.name}' and '${b.name}' are not of one plan: ${setting} is ${baseline} in the first, ${candidate} in the second`,
  );
}

/** The same draws twice are not two samples. */
function requireDifferentRuns(named: readonly NamedResult[], runs: readonly (readonly MergedRun[])[]): void {
  const seen = new Map<number, { readonly run: MergedRun; readonly name: string }>();
  for (const [i, { name }] of named.entries()) {
    for (const run of runs[i] ?? []) {
      const before = seen.get(run.seed);
      if (before === undefined) {
        seen.set(run.seed, { run, name });
        continue;
      }
      const where = `'${before.name}' and '${name}'`;
      throw new UsageError(
        before.run.startedAt === run.startedAt
          ? `${where} have the same run in them, of ${run.startedAt}: merge it once`
          : `${where} both have a run with seed ${run.seed}, whose arrivals and pauses are the same: run one of them with another --seed`,
      );
    }
  }
}
