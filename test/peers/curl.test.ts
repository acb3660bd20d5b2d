// curl, which this server has not been written for: active and passive, both families, every direction.
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, formatEndpoint } from '../../src/address.ts';
import { serving } from '../server/serving.ts';

const run = promisify(execFile);
const CONTENT = randomBytes(300_000);

beforeAll(() => {
  if (spawnSync('curl', ['--version']).error) throw new Error('this test needs curl on the PATH');
});

/** `--globoff`: the brackets of an IPv6 address are no pattern. */
async function curl(server: Endpoint, path: string, ...args: string[]): Promise<Buffer> {
  const url = `ftp://${formatEndpoint(server)}/${path}`;
  const options = { encoding: 'buffer', maxBuffer: 10_000_000 } as const;
  return (await run('curl', ['-sS', '--globoff', '--max-time', '20', ...args, url], options)).stdout;
}

describe.each<[string, string | undefined, string[]]>([
  ['PORT', undefined, ['--ftp-port', '-', '--disable-eprt']],
  ['EPRT', undefined, ['--ftp-port', '-']],
  ['EPRT over IPv6', '::1', ['--ftp-port', '-']],
  ['EPSV', undefined, []],
  ['EPSV over IPv6', '::1', []],
  ['PASV', undefined, ['--disable-epsv']],
])('curl with %s', (_name, host, mode) => {
  it('lists, fetches, resumes, stores, appends, makes folders', () => {
    const place = host === undefined ? {} : { host, port: 0 };
    return serving({ ...place, write: true }, async ({ address, root, records }) => {
      await mkdir(join(root, 'sub'));
      await writeFile(join(root, 'sub', 'file'), CONTENT);
      expect((await curl(address, '', ...mode)).toString()).toMatch(/^drwx.* sub\r?\n$/);
      expect((await curl(address, 'sub/', '--list-only', ...mode)).toString()).toMatch(/^file\r?\n$/);
      expect(CONTENT.equals(await curl(address, 'sub/file', ...mode))).toBe(true);
      const tail = await curl(address, 'sub/file', '--continue-at', '299000', ...mode);
      expect(tail).toEqual(CONTENT.subarray(299_000));

      const source = join(root, 'sub', 'file');
      await curl(address, 'new/copy', '--upload-file', source, '--ftp-create-dirs', ...mode);
      await curl(address, 'new/copy', '--upload-file', source, '--append', ...mode);
      expect(Buffer.concat([CONTENT, CONTENT]).equals(await readFile(join(root, 'new', 'copy')))).toBe(true);

      expect(records.map(({ command }) => command)).toEqual(['LIST', 'NLST', 'RETR', 'RETR', 'STOR', 'APPE']);
      expect(records.every(({ outcome }) => outcome.kind === 'completed')).toBe(true);
    });
  });
});
