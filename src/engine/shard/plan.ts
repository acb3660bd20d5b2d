// The plan of a shard that runs by itself: it has no coordinator whose server it could load, so that all servers run already.
import { UsageError } from '../../errors.ts';
import { parsePlan } from '../../plan/parse.ts';
import type { Plan } from '../../plan/types.ts';
import { MOST_YAML_BYTES } from '../../plan/yaml.ts';
import { quoted } from '../../quoted.ts';
import type { ShardPlace } from '../../run/shard.ts';
import { readTextFile } from '../../text-file.ts';

/** With one generator for each shard. @throws UsageError that names what a shard cannot do by itself */
export async function readShardPlan(path: string, { of }: ShardPlace): Promise<Plan> {
  const plan = parsePlan(await readTextFile(path, { what: 'plan', mostBytes: MOST_YAML_BYTES }), path);
  const source = quoted(path);
  const ours = [...plan.binders, ...plan.peers];
  if (ours.length > 0) {
    throw new UsageError(
      `${source}: a shard loads servers that run already: name them as targets, and leave out ${ours[0]}, which a run starts by itself`,
    );
  }
  if (plan.until === 'conclusive' || plan.abortOn.length > 0 || plan.maxTimeMs > 0) {
    throw new UsageError(
      `${source}: no shard sees what the others measure: leave out until: conclusive, abortOn and maxTime`,
    );
  }
  const few = plan.scenarios.find(
    ({ sessions, transfers }) => sessions < of || (transfers > 0 && transfers < of),
  );
  if (few !== undefined) {
    throw new UsageError(
      `${source}: scenario '${few.name}': ${few.sessions} sessions cannot be shared by ${of} shards: raise sessions and transfers, or take fewer shards`,
    );
  }
  return { ...plan, generators: of };
}
