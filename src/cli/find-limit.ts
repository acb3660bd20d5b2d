// `port20 stress --find-limit`: the highest load of each row that held, in words or as JSON.
import type { Plan } from '../plan/types.ts';
import { formatPercent, formatRatio } from '../report/words/format.ts';
import type { Engine } from '../run/engine.ts';
import { type FoundLimit, findLimit, searchesOf, type Trial } from '../run/find-limit.ts';
import { runPlan } from '../run/run.ts';
import type { Target } from '../run/targets.ts';
import { EXIT } from './exit.ts';
import { saveFile } from './files.ts';
import { type OutputFlags, print, say } from './output.ts';

interface Flags extends OutputFlags {
  readonly json?: boolean;
  readonly out?: string;
}

export interface Search {
  readonly plan: Plan;
  readonly targets: ReadonlyMap<string, Target>;
  readonly engine: Engine;
}

/** @returns 4 where no level of a row held */
export async function printLimits(
  { plan, targets, engine }: Search,
  flags: Flags,
  signal: AbortSignal,
): Promise<number> {
  const found: FoundLimit[] = [];
  for (const search of searchesOf(plan)) {
    const { name } = search.contestant;
    const own = new Map([...targets].filter(([target]) => target === name));
    const run = async (at: Plan) => {
      const result = await runPlan(at, engine, { targets: own, signal, truthTableDigest: null });
      signal.throwIfAborted();
      return result;
    };
    const tell = (trial: Trial) => {
      if (!flags.quiet) say(`port20: ${search.scenario.name}/${name}: ${trialInWords(trial)}`);
    };
    found.push(await findLimit(plan, search, run, tell));
  }
  const json = JSON.stringify({ limits: found });
  await print(flags.json ? json : found.map(limitInWords).join('\n'));
  if (flags.out !== undefined) await saveFile(flags.out, `${json}\n`);
  return found.every(({ held }) => held !== null) ? EXIT.ok : EXIT.invalidRun;
}

function limitInWords({ scenario, contestant, unit, held, broke }: FoundLimit): string {
  const row = `${scenario}/${contestant}`;
  const above = broke === null ? 'no plan may ask for more' : trialInWords(broke);
  if (held === null) return `${row}: no load held: ${above}.`;
  const { level, offered, interval } = held;
  const sure = interval === null ? '' : `, 95 % sure below ${formatPercent(interval[1])}`;
  return `${row}: ${formatRatio(level)} ${unit} held: none of ${offered} failed${sure}; ${above}.`;
}

function trialInWords({ level, limit, detail, offered, failed }: Trial): string {
  const at = `at ${formatRatio(level)}`;
  switch (limit) {
    case null:
      return `${at} none of ${offered} failed`;
    case 'failures':
      return `${at} ${failed} of ${offered} failed`;
    case 'dropped':
      return `${at} arrivals found no idle session: more sessions may bear more`;
    case 'saturation':
      return `${at} ${detail} had no time to spare: more generators may bear more`;
    case 'invalid':
      return `${at} the run was invalid (${detail})`;
    default:
      return limit satisfies never;
  }
}
