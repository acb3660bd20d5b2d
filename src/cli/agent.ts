// `port20 agent`: this machine carries shards of runs that others start, until it is told to end.
import { hostname } from 'node:os';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { AgentFlags } from './agent-flags.ts';
import { EXIT } from './exit.ts';
import { untilInterrupted } from './interrupt.ts';
import { say } from './output.ts';
import { passwordOf } from './targets.ts';

/** Drains on the first signal, and is done then: that is how it ends. */
export async function agent(command: Command): Promise<number> {
  const flags: AgentFlags = command.optsWithGlobals();
  const { redis } = flags;
  if (redis === undefined) throw new UsageError('name the Redis of the runs: --redis redis://host:6379');
  // Nobody else waits for the library of the queue.
  const [{ runAgent }, { LOOPBACK }] = await Promise.all([
    import('../engine/redis/agent.ts'),
    import('../engine/redis/networks.ts'),
  ]);
  const {
    name = `${hostname()
      .replace(/[^\w.-]/g, '-')
      .slice(0, MOST_HOST)}-${process.pid}`,
  } = flags;
  const password = await passwordOf(flags.passwordFile);
  const { result, interruptedBy } = await untilInterrupted(
    () => 'no new shards, the one that runs is carried to its end; once more to stop at once',
    async () => {},
    async (drain) => {
      await runAgent({
        ...{ redis, name, addresses: flags.address, password, drain },
        allow: [...LOOPBACK, ...flags.allow],
        say: flags.quiet ? () => {} : say,
      });
      return EXIT.ok;
    },
  );
  // Connections to a Redis that is gone would be tried for ever.
  process.exit(result ?? interruptedBy ?? EXIT.ok);
}

const MOST_HOST = 50;
