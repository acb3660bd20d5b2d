// `port20 stress --find-limit`: the highest load of each row that held, in words or as JSON.
import { PreflightError } from '../errors.ts';
import { contestantsOf } from '../plan/contestants.ts';
import type { Plan } from '../plan/types.ts';
import { formatPercent, formatRatio } from '../report/words/format.ts';
import type { Engine } from '../run/engine.ts';
import { type FoundLimit, findLimit, searchesOf, type Trial } from '../run/find-limit.ts';
import { runPlan } from '../run/run.ts';
import type { Target } from '../run/targets.ts';
import { EXIT } from './exit.ts';
import { saveFile } from './files.ts';
import { type OutputFlags, print, say } from './output.ts';
import { requireDescriptors } from './preflight.ts';

interface Flags extends OutputFlags {
  readonly json?: boolean;
  readonly out?: string;
}

export interface Search {
  readonly plan: Plan;
  readonly targets: ReadonlyMap<string, Target>;
  readonly engine: Engine;
}

/** @returns 4 where no level of a row held, or a search came to no end */
export async function printLimits(
  { plan, targets, engine }: Search,
  flags: Flags,
  signal: AbortSignal,
): Promise<number> {
  const found: FoundLimit[] = [];
  for (const search of searchesOf(plan)) {
    const { name } = search.contestant;
    const own = targets.get(name);
    const run = async (at: Plan) => {
      const [{ name: alone } = { name }] = contestantsOf(at);
      return runPlan(at, engine, {
        ...{ signal, truthTableDigest: null },
        targets: new Map(own === undefined ? [] : [[alone, own]]),
      });
    };
    const tell = (trial: Trial) => {
      if (!flags.quiet) say(`port20: ${search.scenario.name}/${name}: ${trialInWords(trial)}`);
    };
    found.push(await findLimit(plan, search, run, { onTrial: tell, whyNot: withoutDescriptors }));
    if (signal.aborted) break;
  }
  const json = JSON.stringify({ limits: found });
  await print(flags.json ? json : found.map(limitInWords).join('\n'));
  if (flags.out !== undefined) await saveFile(flags.out, `${json}\n`);
  return found.every(({ held, endedAt }) => held !== null && endedAt === null) ? EXIT.ok : EXIT.invalidRun;
}

function withoutDescriptors(plan: Plan): string | undefined {
  try {
    requireDescriptors(plan);
    return undefined;
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    return error.message;
  }
}

function limitInWords({ scenario, contestant, unit, held, broke, endedAt }: FoundLimit): string {
  const row = `${scenario}/${contestant}`;
  const above = [broke, endedAt].flatMap((one) => (one === null ? [] : trialInWords(one))).join('; ');
  const why = above === '' ? 'no plan may ask for more' : above;
  if (held === null) return `${row}: no load held: ${why}.`;
  const { level, offered, interval } = held;
  const sure = interval === null ? '' : `, 95 % sure below ${formatPercent(interval[1])}`;
  return `${row}: ${formatRatio(level)} ${unit} held: none of ${offered} failed${sure}; ${why}.`;
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
    case 'cannot-run':
      return `${at} nothing can be run: ${detail}`;
    case 'not-whole':
      return `the search ended ${at}: ${detail}`;
    default:
      return limit satisfies never;
  }
}
