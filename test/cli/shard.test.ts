// `port20 shard`: one that is ended in the middle of a block has not measured it, whatever the others go on to do.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseEndpoint } from '../../src/address.ts';
import { systemClock } from '../../src/clock.ts';
import { readSocketsAt } from '../../src/net/socket-table.ts';
import { emptyFolder, start } from './port20.ts';
import { served } from './targets.ts';

const SESSIONS = 7;

it('says of a block that Ctrl-C ended that it is lost', async () => {
  const listen = await served();
  const cwd = emptyFolder();
  const plan = `targets: ['ftp://${listen}/file']
blocks: 2
scenarios: [{ name: load, workload: open, rate: 50, sessions: ${SESSIONS}, duration: 10m }]
`;
  writeFileSync(join(cwd, 'plan.yaml'), plan);
  // Half the gap is for logging in: it has them all long before the start.
  const startAt = new Date(Date.now() + 60_000).toISOString();
  const flags = ['--shard', '1/1', '--gap', '118s', '--start-at', startAt, '--out', 'shard'];
  const shard = start(['shard', 'plan.yaml', ...flags], { cwd });
  const server = parseEndpoint(listen);
  if (server === undefined) throw new Error('no server');
  while (readSocketsAt(server, ['ESTABLISHED']).length < SESSIONS) await systemClock.sleep(20);
  shard.child.kill('SIGINT');
  expect((await shard.ended).status).toBe(130);
  const [, ...lines] = readFileSync(join(cwd, 'shard'), 'utf8').trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([{ place: 0, lost: 'it was ended before its time' }]);
});
