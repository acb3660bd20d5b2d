// Values of the configuration file that no flag could be given, and settings that two commands take differently.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { emptyFolder, expectOneLine, run } from './port20.ts';

function folderWith(yaml: string): string {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'port20.config.yaml'), `${yaml}\n`);
  return cwd;
}

it.each([
  ['log-file: { a: b }', /port20\.config\.yaml: log-file: '\{"a":"b"\}' is neither a text nor a number$/m],
  ['listen: [127.0.0.1:2121, { a: 1 }]', /listen: '\{"a":1\}' is neither a text nor a number$/m],
  ['users: [[a]]', /users: '\["a"\]' is neither a text nor a number$/m],
  ['root: [a, null]', /root: 'null' is neither a text nor a number$/m],
  ['xferlog: true', /xferlog: 'true' is no text: if it is a name, put it in quotes$/m],
  ['user: false', /user: 'false' is no text: if it is a name, put it in quotes$/m],
])('%s', async (yaml, line) => expectOneLine(await run(['serve'], { cwd: folderWith(yaml) }), 2, line));

const TWO = "listen: ['127.0.0.1:2121', '127.0.0.2:2121']";

it.each([
  ['the file', { cwd: folderWith(TWO) }],
  ['the environment', { env: { PORT20_LISTEN: '127.0.0.1:2121,127.0.0.2:2121' } }],
])(
  'several addresses of a server in %s are no obstacle to probe, whose doctor asks for one',
  async (_, where) => {
    expect((await run(['probe', 'ftp://127.0.0.1:1'], where)).status).toBe(3); // nobody is there
    expectOneLine(
      await run(['probe', '--doctor'], where),
      2,
      /--doctor looks at one address of a server, not at 127\.0\.0\.1:2121 and 127\.0\.0\.2:2121: name one with --listen/,
    );
    const { status, stdout } = await run(['probe', '--doctor', '--listen', '127.0.0.2:2121'], where);
    expect(status).not.toBe(2);
    expect(stdout).toContain('127.0.0.2:2121');
  },
);

it('a flag that needs no value is said by true, and left out by false', async () => {
  for (const value of ['true', 'false']) {
    expect(await run(['stress', '--dry-run'], { cwd: folderWith(`dashboard: ${value}`) })).toMatchObject({
      status: 0,
    });
  }
});
