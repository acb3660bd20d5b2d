// Everything that can happen to a run over Redis, done to one: what is printed, what is kept, the exit status, and that
// each transfer of what is kept is counted once. `node test/engine/faults.mjs [TEXT]`; needs redis-server and openssl.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, folder, matches, runCases, sleep, startAgents, startRedis, stress, until } from './lab.mjs';

/** Eight blocks of 600 ms. */
const LOAD = [
  ...['--binder', 'legacy-bsd,reuse-port', '--rate', '80', '--sessions', '16', '--duration', '600ms'],
  ...['--blocks', '4', '--agent-silence', '4s', '--agents-within', '8s', '--on-saturation', 'warn'],
];

/** A Redis with agents; both gone afterwards, and nothing left in Redis once the agents have ended. */
async function lab(names, work, { redis: options = {}, agents: more = {}, leftKeys = false } = {}) {
  const redis = await startRedis(options);
  const agents = await startAgents(options.url?.(redis) ?? redis.url, names, more);
  try {
    return await work(redis, agents);
  } finally {
    for (const { child } of agents) child.kill('SIGCONT');
    await Promise.all(agents.map((agent) => agent.kill()));
    const left = leftKeys
      ? []
      : await Promise.race([redis.keys().catch(() => []), sleep(2000).then(() => [])]);
    redis.client.disconnect();
    await redis.kill('SIGKILL');
    equal(left.join(' '), '', 'nothing is left in Redis');
  }
}

/** Resolves when a load is running, behind so many blocks of two shards. */
async function loading(redis, blocks = 0) {
  const seen = new Set();
  await until(
    async () => {
      const [key] = await redis.client.keys('port20:run:*:shards');
      for (const token of key === undefined ? [] : await redis.client.hkeys(key)) seen.add(token);
      return seen.size > 2 * blocks;
    },
    60_000,
    () => 'no block began',
  );
  await sleep(400);
}

const whole = ({ result }) => equal(result.blocks.length, 8, 'every block is there');

await runCases({
  async 'nothing happens'() {
    return lab(['a1', 'a2'], async (redis) => {
      const run = await stress(redis.url, 2, LOAD);
      equal(run.status, 0, run.stderr);
      whole(run);
      equal(run.result.lost, undefined, 'nothing was lost');
      return '8 blocks, exit 0';
    });
  },

  async 'Redis is restarted and has forgotten everything'() {
    return lab(['a1', 'a2'], async (redis, agents) => {
      let again;
      const run = await stress(redis.url, 2, LOAD, {
        async during() {
          await loading(redis, 1);
          await redis.kill('SIGKILL');
          await sleep(500);
          again = await startRedis({ port: redis.port });
        },
      });
      await Promise.all(agents.map((agent) => agent.kill()));
      const left = await again.keys();
      again.client.disconnect();
      await again.kill('SIGKILL');
      equal(left.join(' '), '', 'nothing is left');
      equal(run.status, 0, run.stderr);
      whole(run);
      if (!(run.result.lost?.every((one) => one.again) ?? false))
        throw new Error('a lost block is not named');
      return `${run.result.lost.length} shards lost, their blocks run again, exit 0`;
    });
  },

  async 'Redis stands still for a second'() {
    return lab(['a1', 'a2'], async (redis) => {
      const run = await stress(redis.url, 2, LOAD, {
        async during() {
          await loading(redis, 1);
          redis.server.child.kill('SIGSTOP');
          await sleep(1000);
          redis.server.child.kill('SIGCONT');
        },
      });
      equal(run.status, 0, run.stderr);
      whole(run);
      return `exit 0, ${run.result.lost?.length ?? 0} shards lost`;
    });
  },

  async 'Redis is gone'() {
    return lab(
      ['a1', 'a2'],
      async (redis) => {
        const dir = join(folder, 'gone');
        const run = await stress(redis.url, 2, [...LOAD, '--dir', dir], {
          async during() {
            await loading(redis, 3);
            await redis.kill('SIGKILL');
          },
        });
        equal(run.status, 4, run.stderr);
        matches(run.stderr, /lost a part: .*Redis at redis:\/\/127\.0\.0\.1:\d+: /);
        equal(run.result.partial, true, 'the result is partial');
        if (run.result.blocks.length === 0) throw new Error('nothing was kept');
        return `exit 4, ${run.result.blocks.length} blocks kept: ${run.stderr.trim().split('\n')[0]}`;
      },
      { leftKeys: true },
    );
  },

  async 'Redis is full'() {
    return lab(['a1', 'a2'], async (redis) => {
      const run = await stress(redis.url, 2, LOAD, {
        async during() {
          await loading(redis, 2);
          await redis.client.config('SET', 'maxmemory', '1');
        },
      });
      await redis.client.config('SET', 'maxmemory', '0');
      await sleep(3500); // the agents say again that they are there
      equal(run.status, 4, run.stderr);
      matches(run.stderr, /it has no memory left \(maxmemory\)/);
      return `exit 4, ${run.result.blocks.length} blocks kept: ${run.stderr.trim().split('\n')[0]}`;
    });
  },

  async 'Redis wants a password'() {
    const redis = { args: ['--requirepass', 'geheim'], connect: { password: 'geheim' } };
    const url = (one, password) => `redis://${password}127.0.0.1:${one.port}`;
    return lab(
      ['a1', 'a2'],
      async (one) => {
        for (const [password, said] of [
          ['', /wants a password/],
          [':falsch@', /refuses the password/],
        ]) {
          const refused = await stress(url(one, password), 2, LOAD);
          equal(refused.status, 3, refused.stderr);
          matches(refused.stderr, said);
        }
        const hidden = { PORT20_REDIS: url(one, ':geheim@') };
        const run = await stress(hidden.PORT20_REDIS, 2, LOAD);
        equal(run.status, 0, run.stderr);
        if (/geheim/.test(run.stderr + JSON.stringify(run.result))) throw new Error('the password is told');
        return 'without it or with a wrong one exit 3, with it exit 0; it is told nowhere';
      },
      { redis: { ...redis, url: (one) => url(one, ':geheim@') } },
    );
  },

  async 'Redis with TLS'() {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    const port = 19_000 + (process.pid % 900);
    const args = ['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key];
    const ca = readFileSync(cert);
    const url = `rediss://localhost:${port}`;
    return lab(
      ['a1', 'a2'],
      async (one) => {
        const stranger = await stress(url, 2, LOAD);
        equal(stranger.status, 3, stranger.stderr);
        matches(
          stranger.stderr,
          /certificate is not accepted \(\w+\): name its authority in NODE_EXTRA_CA_CERTS/,
        );
        const plain = await stress(`rediss://localhost:${one.port}`, 2, LOAD);
        equal(plain.status, 3, plain.stderr);
        const run = await stress(url, 2, LOAD, { env: { NODE_EXTRA_CA_CERTS: cert } });
        equal(run.status, 0, run.stderr);
        return `an unknown authority exit 3, a known one exit 0`;
      },
      {
        redis: {
          args: [...args, '--tls-auth-clients', 'no', '--tls-ca-cert-file', cert],
          connect: { tls: { ca, servername: 'localhost' }, host: 'localhost', port },
          url: () => url,
        },
        agents: { env: { NODE_EXTRA_CA_CERTS: cert } },
      },
    );
  },

  async 'no agent comes'() {
    return lab([], async (redis) => {
      const run = await stress(redis.url, 2, [...LOAD, '--agents-within', '1s']);
      equal(run.status, 3, run.stderr);
      matches(run.stderr, /2 agents are needed, 0 are there: start more with port20 agent --redis redis:/);
      return `exit 3: ${run.stderr.trim()}`;
    });
  },

  async 'an agent is killed, and another is there'() {
    return lab(['a1', 'a2', 'a3'], async (redis, [a1]) => {
      const run = await stress(redis.url, 2, [...LOAD, '--agents-within', '20s'], {
        async during() {
          await loading(redis, 1);
          await a1.kill('SIGKILL');
        },
      });
      equal(run.status, 0, run.stderr);
      whole(run);
      equal(run.result.lost[0].agent, 'a1', 'the lost agent is named');
      return `exit 0; lost: agent ${run.result.lost[0].agent}: ${run.result.lost[0].reason}`;
    });
  },

  async 'an agent is killed, and none is left for it'() {
    return lab(['a1', 'a2'], async (redis, [a1]) => {
      const run = await stress(redis.url, 2, LOAD, {
        async during() {
          await loading(redis, 2);
          await a1.kill('SIGKILL');
        },
      });
      equal(run.status, 4, run.stderr);
      equal(run.result.partial, true, 'the result is partial');
      return `exit 4, ${run.result.blocks.length} blocks kept: ${run.stderr.trim().split('\n')[0]}`;
    });
  },

  async 'an agent stands still, and wakes up too late'() {
    return lab(['a1', 'a2', 'a3'], async (redis, [a1]) => {
      const run = await stress(redis.url, 2, LOAD, {
        async during() {
          await loading(redis, 1);
          a1.child.kill('SIGSTOP');
          await sleep(7000);
          a1.child.kill('SIGCONT');
        },
      });
      equal(run.status, 0, run.stderr);
      whole(run);
      equal(run.result.lost[0].agent, 'a1', 'the lost agent is named');
      matches(run.result.lost[0].reason, /was not heard of for \d+ s/);
      await a1.says(/given up|refused/);
      return `exit 0; the agent says: ${/[^:]*(?:given up|refused).*/.exec(a1.stderr)?.[0].trim()}`;
    });
  },

  async 'an agent is told to end in the middle of a block'() {
    return lab(['a1', 'a2', 'a3'], async (redis, [a1]) => {
      const run = await stress(redis.url, 2, LOAD, {
        async during() {
          await loading(redis, 1);
          await a1.kill('SIGTERM');
        },
      });
      equal(run.status, 0, run.stderr);
      whole(run);
      equal(a1.status, 0, 'the agent ends in order');
      equal(run.result.lost, undefined, 'nothing was lost');
      return 'its shard is carried to its end, another agent takes the next; both exit 0';
    });
  },

  async 'an agent of another version'() {
    const other = join(folder, 'other');
    mkdirSync(other);
    const root = fileURLToPath(new URL('../../', import.meta.url));
    cpSync(join(root, 'dist'), join(other, 'dist'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(other, 'node_modules'));
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    writeFileSync(join(other, 'package.json'), JSON.stringify({ ...manifest, version: '0.0.9' }));
    return lab(['a1'], async (redis) => {
      const [old] = await startAgents(redis.url, ['old'], { main: join(other, 'dist/cli/main.js') });
      const run = await stress(redis.url, 2, [...LOAD, '--agents-within', '1s']);
      await old.kill();
      rmSync(other, { recursive: true });
      equal(run.status, 3, run.stderr);
      matches(run.stderr, /agent old \(127\.0\.0\.1\) is port20 0\.0\.9, this is \d/);
      return `exit 3: ${run.stderr.trim()}`;
    });
  },

  async "an agent's clock is minutes off"() {
    return lab(['a1'], async (redis) => {
      // The program faketime would be its parent, and end without it.
      const library = execFileSync('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1']).toString().trim();
      const [off] = await startAgents(redis.url, ['off'], {
        env: { LD_PRELOAD: library, FAKETIME: '-7m', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
      });
      const run = await stress(redis.url, 2, LOAD);
      await off.kill();
      equal(run.status, 0, run.stderr);
      whole(run);
      const offsets = run.result.blocks.flatMap(({ shards }) =>
        shards.map(({ clockOffsetMs }) => clockOffsetMs),
      );
      const worst = Math.max(...offsets.map(Math.abs));
      if (worst > 50) throw new Error(`clocks are ${worst} ms apart`);
      return `exit 0; by the clock of Redis the machines are ${worst.toFixed(2)} ms apart at the most`;
    });
  },

  async "an agent's disk is full"() {
    return lab(['a1'], async (redis) => {
      const [full] = await startAgents(redis.url, ['full'], { env: { TMPDIR: '/proc', HOME: '/proc' } });
      const run = await stress(redis.url, 2, LOAD);
      await full.kill();
      equal(run.status, 0, run.stderr);
      return 'exit 0: an agent writes no file';
    });
  },

  async 'two runs at once want the same agents'() {
    return lab(['a1', 'a2', 'a3'], async (redis) => {
      const [one, other] = await Promise.all([
        stress(redis.url, 2, [...LOAD, '--agents-within', '60s']),
        stress(redis.url, 2, [...LOAD, '--agents-within', '60s']),
      ]);
      for (const run of [one, other]) {
        equal(run.status, 0, run.stderr);
        whole(run);
        equal(run.result.lost, undefined, 'nothing was lost');
      }
      return 'one waits for the other, both exit 0';
    });
  },

  async 'two coordinators of one run; the coordinator is killed and the run taken up again'() {
    return lab(['a1', 'a2'], async (redis) => {
      const [dir, copy] = [join(folder, 'run'), join(folder, 'copy')];
      let second;
      const first = await stress(redis.url, 2, [...LOAD, '--dir', dir], {
        async during(run) {
          await loading(redis, 2);
          cpSync(dir, copy, { recursive: true, filter: (name) => !/lock\./.test(name) });
          const args = ['--resume', copy, '--agent-silence', '4s'];
          second = stressAgain(redis, args);
          await sleep(500);
          await run.kill('SIGKILL');
        },
      });
      equal(first.status, 'SIGKILL', 'it was killed');
      second = await second;
      // The first is dead by now, and Redis forgets it: the second may have the run.
      equal(second.status, 0, second.stderr);
      whole(second);
      equal(second.result.resumed.length, 1, 'it was taken up again');
      return `exit 0 with 8 blocks, ${second.result.resumed[0].blocksDone} of them from before`;
    });
  },

  async 'a coordinator that lives keeps its run'() {
    return lab(['a1', 'a2', 'a3', 'a4'], async (redis) => {
      const [dir, copy] = [join(folder, 'run-2'), join(folder, 'copy-2')];
      let second;
      // Longer than Redis remembers a coordinator that is dead.
      const long = [...LOAD, '--duration', '12s', '--blocks', '1'];
      const first = await stress(redis.url, 2, [...long, '--dir', dir], {
        async during() {
          await loading(redis);
          cpSync(dir, copy, { recursive: true, filter: (name) => !/lock\./.test(name) });
          second = await stressAgain(redis, ['--resume', copy]);
        },
      });
      equal(first.status, 0, first.stderr);
      equal(second.status, 3, second.stderr);
      matches(second.stderr, /another coordinator has run \w+: wait for it to end/);
      return `exit 3: ${second.stderr.trim().split('\n').at(-1)}`;
    });
  },
});

/** Of a run that is taken up: how many agents it has is in its folder. */
function stressAgain(redis, args) {
  return stress(redis.url, 2, args.concat('--no-color'), { env: {} });
}
