// The operator's own files within what is served: told before anybody can fetch them, by whatever way they can be reached.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { ServerOptions } from '../../../src/server/options.ts';
import type * as Server from '../../../src/server/server.ts';
import { ownAddress } from '../../support/loopback.ts';

/** Built: the thread that checks passwords is a program. */
const { createServer }: typeof Server = await import('../../../dist/server/server.js' as string);

/** bcrypt of "Blue-Harbour 7", cheap. */
const HASH = '$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';

let folder: string;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'port20-test-')));
  await mkdir(join(folder, 'root/sub'), { recursive: true });
  await mkdir(join(folder, 'of-mo'));
  await mkdir(join(folder, 'etc'));
  await symlink(join(folder, 'root'), join(folder, 'by-link'));
  await symlink(join(folder, 'etc'), join(folder, 'root/etc'));
  const users = `mo:${HASH}::::${join(folder, 'of-mo')}:\n`;
  for (const place of ['etc', 'root', 'root/sub', 'of-mo']) {
    await writeFile(join(folder, place, 'users'), users, { mode: 0o600 });
  }
  await writeFile(join(folder, 'etc/all'), `mo:${HASH}:::::\n`, { mode: 0o600 });
  await symlink(join(folder, 'root/sub/users'), join(folder, 'etc/linked'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** What the log says of files that are served, as the server begins. @param paths of options, from the folder on */
async function told({ root = 'root', ...options }: ServerOptions): Promise<string[]> {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line).msg) });
  const { usersFile, privateFiles } = options;
  const server = createServer({
    ...{ host: ownAddress(), log, ...options, root: join(folder, root), loginDelayMs: 1000 },
    ...(usersFile !== undefined && { usersFile: join(folder, usersFile) }),
    ...(privateFiles !== undefined && { privateFiles: privateFiles.map((file) => join(folder, file)) }),
  });
  await server.listen();
  await server.close();
  return lines
    .filter((line) => line.includes('which is served'))
    .map((line) => line.replaceAll(`${folder}/`, ''));
}

function of(file: string, root: string): string {
  return `${file} lies in '${root}', which is served, so that users can fetch it: keep it elsewhere`;
}

const anonymous = true;
const follow = { links: 'follow' } as const;

it.each<readonly [string, ServerOptions, readonly string[]]>([
  ['beside it', { usersFile: 'etc/users', anonymous }, []],
  ['in the root, which no user of it has', { usersFile: 'root/users' }, []],
  ['in the root of anonymous users', { usersFile: 'root/users', anonymous }, [of('root/users', 'root')]],
  ["in a user's root", { usersFile: 'of-mo/users' }, [of('of-mo/users', 'of-mo')]],
  [
    'in the root, by the name of a link',
    { usersFile: 'by-link/sub/users', anonymous },
    [of('by-link/sub/users', 'root')],
  ],
  ['in the root, behind a link', { usersFile: 'etc/linked', anonymous }, [of('etc/linked', 'root')]],
  [
    'in a root that is a link',
    { usersFile: 'root/users', root: 'by-link', anonymous },
    [of('root/users', 'by-link')],
  ],
  ['behind a link out of the root', { usersFile: 'root/etc/users', anonymous }, []],
  [
    'behind a link that is followed',
    { usersFile: 'root/etc/users', anonymous, ...follow },
    [of('root/etc/users', 'root')],
  ],
  [
    'behind one of a root that is a link',
    { usersFile: 'root/etc/users', root: 'by-link', anonymous, ...follow },
    [of('root/etc/users', 'by-link')],
  ],
  ['a log, which anonymous users see', { privateFiles: ['log', 'root/log'] }, [of('root/log', 'root')]],
  [
    'a log that is not there yet',
    { privateFiles: ['by-link/sub/new/log'] },
    [of('by-link/sub/new/log', 'root')],
  ],
  [
    'a log, in what a user has',
    { usersFile: 'etc/users', privateFiles: ['root/log', 'of-mo/log'] },
    [of('of-mo/log', 'of-mo')],
  ],
  [
    'a log, where a function lets in',
    { authenticate: () => undefined, privateFiles: ['root/log'] },
    [of('root/log', 'root')],
  ],
  [
    'all that there are',
    { usersFile: 'etc/all', privateFiles: ['root/log', 'root/x'] },
    [of('root/log', 'root'), of('root/x', 'root')],
  ],
])('%s', async (_, options, warnings) => {
  expect(await told(options)).toEqual(warnings);
});
