// Everything that can happen to a run over Redis, done to one: what is printed, what is kept, the exit status, and that
// each transfer of what is kept is counted once. `node test/engine/faults.mjs [TEXT]`; needs redis-server, openssl and
// libfaketime.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { handOut } from './jobs.mjs';
import {
  equal,
  folder,
  MAIN,
  matches,
  requireUnharmed,
  runCases,
  sleep,
  start,
  startAgents,
  startRedis,
  stress,
  until,
  write,
} from './lab.mjs';

/** Two rounds of two blocks of 500 ms. */
const BLOCKS = 4;
const LOAD = [
  ...['--binder', 'legacy-bsd,reuse-port', '--rate', '60', '--sessions', '8', '--duration', '500ms'],
  ...['--blocks', '2', '--agent-silence', '4s', '--agents-within', '60s', '--on-saturation', 'warn'],
];
/** Behind it a run without enough agents ends. */
const SOON = ['--agents-within', '2s'];

/** A Redis with agents of its own, for what does them harm; both gone afterwards, and nothing left but by the dead. */
async function lab(names, work, { redis: options = {}, agents: more = {}, isRedisGone = false } = {}) {
  const redis = await startRedis(options);
  const agents = await startAgents(options.url?.(redis) ?? redis.url, names, more);
  try {
    return await work(redis, agents);
  } finally {
    for (const { child } of agents) child.kill('SIGCONT');
    await Promise.all(agents.map((agent) => agent.kill(isRedisGone ? 'SIGKILL' : 'SIGTERM')));
    const dead = names.filter((_, i) => agents[i].status === 'SIGKILL');
    const left = isRedisGone ? [] : await leftIn(redis, dead);
    redis.client.disconnect();
    await redis.kill('SIGKILL');
    equal(left.join(', '), '', 'nothing is left in Redis');
  }
}

/** Keys of the dead end by themselves, and no others are there. */
async function leftIn(redis, dead) {
  const left = [];
  for (const key of await redis.keys()) {
    const isOfDead = dead.some((name) => key.includes(`agent-${name}:`) || key.endsWith(`:${name}`));
    const ttl = await redis.client.pttl(key);
    if (!isOfDead || ttl === -1 || ttl > 600_000) left.push(`${key} (${ttl} ms)`);
  }
  return left;
}

/** The same two agents for all that leaves them as they were, one run after another. */
const common = { open: undefined, turn: Promise.resolve() };

function onCommon(work) {
  const mine = common.turn.then(async () => {
    common.open ??= await openCommon();
    return work(common.open.redis, common.open.agents);
  });
  common.turn = mine.catch(() => {});
  return mine;
}

async function openCommon() {
  const redis = await startRedis();
  return { redis, agents: await startAgents(redis.url, ['a1', 'a2']) };
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

/** When the shards that are open now have ended, and the coordinator has taken note. */
async function settled(redis) {
  const [key] = await redis.client.keys('port20:run:*:shards');
  const open = await redis.client.hkeys(key);
  await until(
    async () => {
      const left = new Set(await redis.client.hkeys(key));
      return !open.some((token) => left.has(token));
    },
    60_000,
    () => 'the block did not end',
  );
}

const whole = ({ result }) => equal(result.blocks.length, BLOCKS, 'every block is there');

await runCases(
  {
    async 'nothing happens'() {
      return onCommon(async (redis) => {
        const run = await stress(redis.url, 2, LOAD);
        equal(run.status, 0, run.stderr);
        whole(run);
        requireUnharmed(run.result);
        return `${BLOCKS} blocks, exit 0`;
      });
    },

    async 'Redis is restarted and has forgotten everything'() {
      return lab(
        ['a1', 'a2'],
        async (redis, agents) => {
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
        },
        // The one that its client knew.
        { isRedisGone: true },
      );
    },

    async 'Redis stands still for a second'() {
      return onCommon(async (redis) => {
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
          const run = await stress(redis.url, 2, [...LOAD, ...SOON, '--dir', dir], {
            async during() {
              await loading(redis, 2);
              await redis.kill('SIGKILL');
            },
          });
          equal(run.status, 4, run.stderr);
          matches(run.stderr, /lost a part: .*Redis at redis:\/\/127\.0\.0\.1:\d+: /);
          equal(run.result.partial, true, 'the result is partial');
          if (run.result.blocks.length === 0) throw new Error('nothing was kept');
          return `exit 4, ${run.result.blocks.length} blocks kept: ${run.stderr.trim().split('\n')[0]}`;
        },
        { isRedisGone: true },
      );
    },

    async 'Redis is full'() {
      return onCommon(async (redis) => {
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
        const run = await stress(redis.url, 2, LOAD, {
          async during() {
            await loading(redis, 1);
            await a1.kill('SIGKILL');
          },
        });
        equal(run.status, 0, run.stderr);
        whole(run);
        const named = run.result.lost.filter(({ reason }) => !/late$/.test(reason)).map(({ agent }) => agent);
        equal(named.join(' '), 'a1', 'the lost agent is named, once, and no other');
        return `exit 0; lost: agent ${run.result.lost[0].agent}: ${run.result.lost[0].reason}`;
      });
    },

    async 'an agent is killed, and none is left for it'() {
      return lab(['a1', 'a2'], async (redis, [a1]) => {
        const run = await stress(redis.url, 2, [...LOAD, ...SOON], {
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
            await settled(redis);
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
        requireUnharmed(run.result);
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

    async "an agent's clock is minutes off, and another's disk is full"() {
      return lab([], async (redis) => {
        // The program faketime would be its parent, and end without it.
        const library = execFileSync('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketime.so.1'])
          .toString()
          .trim();
        const late = { LD_PRELOAD: library, FAKETIME: '-7m', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
        const [[off], [full]] = await Promise.all([
          startAgents(redis.url, ['off'], { env: late }),
          startAgents(redis.url, ['full'], { env: { TMPDIR: '/proc', HOME: '/proc' } }),
        ]);
        const run = await stress(redis.url, 2, LOAD);
        await Promise.all([off.kill(), full.kill()]);
        equal(run.status, 0, run.stderr);
        whole(run);
        const shards = run.result.blocks.flatMap((block) => block.shards);
        const wrong = shards.find((one) => Math.abs(one.clockOffsetMs) > one.clockErrorMs);
        if (wrong !== undefined) throw new Error(`one clock is told as two: ${JSON.stringify(wrong)}`);
        const worst = Math.max(...shards.map(({ clockOffsetMs }) => Math.abs(clockOffsetMs)));
        return `exit 0; by the clock of Redis the machines are ${worst.toFixed(2)} ms apart at the most; an agent writes no file`;
      });
    },

    async 'two runs at once want the same agents'() {
      return lab(['a1', 'a2', 'a3'], async (redis) => {
        const [one, other] = await Promise.all([stress(redis.url, 2, LOAD), stress(redis.url, 2, LOAD)]);
        for (const run of [one, other]) {
          equal(run.status, 0, run.stderr);
          whole(run);
          requireUnharmed(run.result);
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
            const args = ['--resume', copy, '--agent-silence', '4s', '--agents-within', '60s'];
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
        return `exit 0 with ${BLOCKS} blocks, ${second.result.resumed[0].blocksDone} of them from before`;
      });
    },

    async 'a coordinator that lives keeps its run, until Ctrl-C'() {
      return lab(['a1', 'a2'], async (redis) => {
        const [dir, copy] = [join(folder, 'run-2'), join(folder, 'copy-2')];
        let second;
        // Longer than Redis remembers a coordinator that is dead: it ends by the signal.
        const long = [...LOAD, '--duration', '10m'];
        const first = await stress(redis.url, 2, [...long, '--dir', dir], {
          async during(run) {
            await loading(redis);
            cpSync(dir, copy, { recursive: true, filter: (name) => !/lock\./.test(name) });
            second = await stressAgain(redis, ['--resume', copy]);
            run.child.kill('SIGINT');
          },
        });
        equal(second.status, 3, second.stderr);
        matches(second.stderr, /another coordinator has run \w+: wait for it to end/);
        equal(first.status, 130, first.stderr);
        equal(first.result.blocks.length, 1, 'the block that ran is kept');
        equal(first.result.lost, undefined, 'a block that is ended is not lost');
        equal(first.result.partial, true, 'the result is partial');
        return `exit 3: ${second.stderr.trim().split('\n').at(-1)}; exit 130 with ${first.result.blocks[0].offered} transfers of its block`;
      });
    },

    async 'Ctrl-C behind the first block of a round'() {
      return onCommon(async (redis) => {
        const run = await stress(redis.url, 2, [...LOAD, '--duration', '3s'], {
          async during(one) {
            await loading(redis, 1);
            one.child.kill('SIGINT');
          },
        });
        equal(run.status, 130, run.stderr);
        if (run.result.blocks.length === 0) throw new Error('the block before it is gone');
        equal(run.result.lost, undefined, 'nothing was lost');
        return `exit 130, ${run.result.blocks.length} of the round's blocks are kept, nothing is told as lost`;
      });
    },

    async 'Ctrl-C while agents are waited for'() {
      return lab([], async (redis) => {
        const run = await stress(redis.url, 2, LOAD, {
          async during(one) {
            await until(
              () => redis.client.keys('port20:run:*:owner').then((keys) => keys.length === 1),
              30_000,
              () => 'it never waited',
            );
            await sleep(1000);
            one.child.kill('SIGINT');
          },
        });
        equal(run.status, 130, run.stderr);
        if (/Redis|unexpected/.test(run.stderr)) throw new Error(run.stderr);
        return 'exit 130, and nothing about Redis';
      });
    },

    async 'a target is gone'() {
      write('file', 'ten bytes.');
      const address = `127.${1 + (process.pid % 100)}.8.8`;
      const serve = () =>
        start(process.execPath, [MAIN, 'serve', '--listen', `${address}:2121`, '--root', folder]);
      const server = serve();
      await server.says(/listening on/);
      return onCommon(async (redis) => {
        const run = await stress(
          redis.url,
          2,
          [...LOAD.slice(2), '--blocks', '3', '--target', `ftp://${address}:2121/file`],
          {
            async during() {
              await loading(redis, 1);
              await server.kill('SIGKILL');
            },
          },
        );
        equal(run.status, 4, run.stderr);
        if (/Redis/.test(run.stderr)) throw new Error(`it is told of Redis: ${run.stderr}`);
        matches(run.stderr, /lost a part: agent a\d: .*ECONNREFUSED/);
        return `exit 4, ${run.result.blocks.length} blocks: ${run.stderr.trim().split('\n')[0]}`;
      });
    },

    async 'a block lasts longer than Redis remembers'() {
      return onCommon(async (redis) => {
        const run = await stress(redis.url, 2, [...LOAD, '--duration', '4s', '--blocks', '1'], {
          async during() {
            await loading(redis);
            const [key] = await redis.client.keys('port20:run:*:shards');
            await redis.client.pexpire(key, 1500);
          },
        });
        equal(run.status, 0, run.stderr);
        requireUnharmed(run.result);
        return 'each word of an agent renews it: exit 0';
      });
    },

    async 'Redis forgets again and again whose run it is'() {
      return onCommon(async (redis) => {
        let isOver = false;
        const run = await stress(redis.url, 2, LOAD, {
          async during(one) {
            void one.ended.then(() => {
              isOver = true;
            });
            while (!isOver) {
              for (const key of await redis.client.keys('port20:run:*:owner')) await redis.client.del(key);
              await sleep(20);
            }
          },
        });
        equal(run.status, 0, run.stderr);
        whole(run);
        return 'it is told again: exit 0';
      });
    },

    async "a shard's last word is lost on its way"() {
      return onCommon(async (redis) => {
        const thief = redis.client.duplicate();
        let stolen = 0;
        const run = await stress(redis.url, 2, [...LOAD, '--blocks', '4'], {
          async during(one) {
            let isOver = false;
            void one.ended.then(() => {
              isOver = true;
            });
            // It waits at the inbox as the coordinator does, and keeps one last word; all else it gives back.
            for (let inbox; !isOver && stolen === 0; ) {
              [inbox] = inbox === undefined ? await redis.client.keys('port20:run:*:shards') : [inbox];
              const key = inbox?.replace(/shards$/, 'inbox');
              const found = key === undefined ? null : await thief.blpopBuffer(key, 0.2);
              if (found === null) continue;
              if (/^\{[^\n]*"type":"done"/.test(found[1].toString('latin1'))) stolen++;
              else await redis.client.rpush(found[0], found[1]);
            }
          },
        });
        thief.disconnect();
        equal(stolen, 1, 'a last word was stolen');
        equal(run.status, 0, run.stderr);
        equal(run.result.blocks.length, 8, 'every block is there');
        const told = run.result.lost?.find(({ reason }) => /last word was lost/.test(reason));
        if (told === undefined) throw new Error(`it is not told: ${JSON.stringify(run.result.lost)}`);
        return `its block is run again: exit 0; lost: agent ${told.agent}: ${told.reason}`;
      });
    },

    async 'coordinator and agents are killed at once'() {
      const redis = await startRedis();
      const agents = await startAgents(redis.url, ['a1', 'a2']);
      await stress(redis.url, 2, [...LOAD, '--duration', '1m'], {
        async during(run) {
          await loading(redis);
          await Promise.all([run, ...agents].map((one) => one.kill('SIGKILL')));
        },
      });
      const keys = await redis.keys();
      if (keys.length === 0) throw new Error('nothing was there');
      for (const key of keys) {
        const ttl = await redis.client.pttl(key);
        if (ttl === -1) throw new Error(`${key} stays for ever`);
        if (ttl > 600_000) throw new Error(`${key} stays for ${ttl} ms`);
      }
      redis.client.disconnect();
      await redis.kill('SIGKILL');
      return `each of the ${keys.length} keys has an end, in ten minutes at the most`;
    },

    async 'a name that is taken'() {
      return lab(['a1'], async (redis, [a1]) => {
        const second = start(process.execPath, [MAIN, 'agent', '--redis', redis.url, '--name', 'a1']);
        await second.ended;
        equal(second.status, 3, second.stderr);
        matches(
          second.stderr,
          /^port20: an agent called 'a1' is registered already: give this one another --name/,
        );
        // Another took it while this one slept.
        const key = 'port20:registered:a1';
        const other = { ...JSON.parse(await redis.client.get(key)), instance: 'another' };
        await redis.client.set(key, JSON.stringify(other), 'PX', 15_000);
        await a1.ended;
        equal(a1.status, 3, a1.stderr);
        equal(JSON.parse(await redis.client.get(key)).instance, 'another', 'who has it keeps it');
        await redis.client.del(key);
        for (const left of await redis.keys()) await redis.client.del(left); // the other's queue
        return 'the second ends with exit 3; so does the first where another has its name';
      });
    },

    async 'a stray registration'() {
      return onCommon(async (redis) => {
        const own = JSON.parse(await redis.client.get('port20:registered:a1'));
        const stray = { ...own, name: '0', instance: 'stray', addresses: ['fe80::1'] };
        await redis.client.set('port20:registered:0', JSON.stringify(stray), 'PX', 60_000);
        const run = await stress(redis.url, 2, LOAD);
        await redis.client.del('port20:registered:0');
        equal(run.status, 0, run.stderr);
        whole(run);
        return "it is nobody else's trouble: exit 0";
      });
    },

    async 'jobs that nobody but a coordinator of another mind would hand out'() {
      return lab(['a1'], async (redis, [a1]) => {
        const wrong = await handOut(redis, 'a1', 'scenarios: nonsense');
        matches((await wrong.answers('failed')).reason, /plan of the run.*scenarios/);
        await wrong.forget();
        const plan = `targets: ['ftp://127.0.0.1:2121/file']
timeout: 60s
scenarios: [{ name: load, sessions: 1, duration: 1s }]
`;
        const strange = await handOut(redis, 'a1', plan, { server: { address: '192.0.2.1', port: 21 } });
        matches((await strange.answers('failed')).reason, /it does not load 192\.0\.2\.1/);
        await strange.forget();
        const order = await handOut(redis, 'a1', plan, { command: 'rm' });
        await a1.says(/a job of another form is refused/);
        equal((await order.said()).length, 0, 'nothing is done for it');
        await order.forget();

        // A server that says nothing is logged in to for as long as the plan's timeout, or until nobody wants it.
        const mute = createServer().listen(0, '127.0.0.1');
        await until(
          () => mute.listening,
          5000,
          () => 'no server',
        );
        const slow = await handOut(redis, 'a1', plan, {
          server: { address: '127.0.0.1', port: mute.address().port },
        });
        await slow.answers('alive');
        await redis.client.hset(slow.shards, slow.token, 'lost');
        await a1.says(/it was given up, and the rest is refused/);
        mute.close();
        await slow.forget();

        // Chosen a moment ago, told to end, and only then handed its shard.
        await redis.client.set('port20:lease:a1', 'a run', 'PX', 15_000);
        a1.child.kill('SIGTERM');
        await until(
          async () => JSON.parse(await redis.client.get('port20:registered:a1')).draining,
          10_000,
          () => 'it does not say that it ends',
        );
        const last = await handOut(redis, 'a1', 'scenarios: nonsense');
        await last.answers('failed');
        await a1.ended;
        equal(a1.status, 0, a1.stderr);
        await last.forget();
        return 'a plan that is none, a server that is not allowed and a command are refused; a shard given up ends; one handed out late is taken';
      });
    },

    async 'the highest load that holds, and an agent is lost on the way'() {
      return lab(['a1', 'a2'], async (redis, [a1]) => {
        const load = ['--binder', 'reuse-port', '--sessions', '8', '--duration', '1s', '--blocks', '1'];
        const run = await stress(
          redis.url,
          2,
          [...load, '--rate', '10', '--agent-silence', '4s', ...SOON, '--find-limit'],
          {
            async during() {
              await loading(redis, 1);
              await a1.kill('SIGKILL');
            },
            keepsResult: false,
          },
        );
        equal(run.status, 4, run.stderr);
        const [{ held, broke, endedAt }] = JSON.parse(run.stdout).limits;
        equal(broke, null, 'a lost agent is no limit');
        equal(endedAt?.limit, 'not-whole', 'the search ended');
        return `exit 4: ${held?.level} held, ended at ${endedAt.level}: ${endedAt.detail}`;
      });
    },

    async 'the agents of all the runs that did them no harm end in order'() {
      await common.turn;
      if (common.open === undefined) return 'there were none';
      const { redis, agents } = common.open;
      await Promise.all(agents.map((agent) => agent.kill()));
      for (const { status, stderr } of agents) equal(status, 0, stderr);
      equal((await leftIn(redis, [])).join(', '), '', 'nothing is left in Redis');
      redis.client.disconnect();
      await redis.kill('SIGKILL');
      return 'exit 0, no key is left';
    },
  },
  { atOnce: 4 },
);

/** Of a run that is taken up: how many agents it has is in its folder. */
function stressAgain(redis, args) {
  return stress(redis.url, 2, args.concat('--no-color'), { env: {} });
}
