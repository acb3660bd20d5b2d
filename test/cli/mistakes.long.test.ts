// More of users' mistakes, each by a start of the program: one clear line and exit status 2.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { emptyFolder, expectOneLine, run } from './port20.ts';

describe('usage and configuration: exit 2', () => {
  it.each([
    [['serve', '--bindr', 'legacy'], /unknown option '--bindr' \(Did you mean --binder\?\)/],
    [['serve', '--listen', '127.0.0.1'], /'127\.0\.0\.1' is not address:port, such as/],
    [
      ['serve', '--links', 'folow'],
      /unknown use of links 'folow' \(did you mean 'follow'\?\): use inside, refuse, follow/,
    ],
    [['serve', '--data-port', '70000'], /'70000' is not a whole number from 1 to 65535/],
    [['serve', '--retry', 'bds'], /unknown retry schedule 'bds': use bsd, proftpd/],
    [['serve', '--time-unit', 'quick'], /'quick' is not a duration such as/],
    [
      ['stress', '--binder', 'legacy,reuse-prt'],
      /unknown binder 'reuse-prt' \(did you mean 'reuse-port'\?\)/,
    ],
    [['stress', '--rate', '0'], /^port20: --rate: '0' is not a number of arrivals a second/],
    [['stress', '--burst', '4'], /flags: scenario 'load': bursts need every, such as every: 1s/],
    [['stress', '--sessions', '4', '--generators', '9'], /4 sessions cannot be shared by 9 generators/],
    [['stress', '--duration', '0s', '--sessions', '4'], /^port20: --duration: must be more than 0ms/],
    [
      ['stress', '--binder', 'legacy', '--baseline', 'reuse-port'],
      /flags: baseline 'reuse-port' is not among the strategies \(legacy\): add it or name one of them/,
    ],
    [
      ['stress', '--workers', '5000', '--sessions', '5000'],
      /--workers: '5000' is not a whole number from 1 to 64/,
    ],
    [['stress', '--file-size', '100GiB'], /fileSize: at most 1GiB/],
    [['serve', '--retry', '3000000'], /waits longer than 2147483647 ms/],
  ])('%j', async (args, line) => expectOneLine(await run(args), 2, line));

  it('a misspelt variable is no setting', async () => {
    const ended = await run(['serve'], { env: { PORT20_BINDR: 'legacy' } });
    expectOneLine(ended, 2, /PORT20_BINDR is not a setting \(did you mean 'PORT20_BINDER'\?\)/);
  });

  it('a toggle by environment must be 1 or 0', async () => {
    const ended = await run(['serve'], { env: { PORT20_WRITE: 'perhaps' } });
    expectOneLine(ended, 2, /PORT20_WRITE: 'perhaps' is not 1 or 0/);
  });

  it.each([
    ['binder: legcy', /port20\.config\.yaml: binder: unknown binder 'legcy' \(did you mean 'legacy'\?\)/],
    ['root:', /port20\.config\.yaml: root: has no value/],
    ['write: perhaps', /port20\.config\.yaml: write: 'perhaps' is not true or false/],
    ['just text', /port20\.config\.yaml: expected keys and values/],
    ['{', /port20\.config\.yaml: not YAML/],
  ])('configuration file: %s', async (yaml, line) => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'port20.config.yaml'), yaml);
    expectOneLine(await run(['serve'], { cwd }), 2, line);
  });

  it('a file that is no result says so', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'a.json'), '{"formatVersion": 1}');
    writeFileSync(join(cwd, 'b.json'), '{');
    expectOneLine(
      await run(['compare', 'a.json'], { cwd }),
      2,
      /'a\.json' is not a result of port20 stress --out/,
    );
    expectOneLine(await run(['compare', 'b.json'], { cwd }), 2, /result 'b\.json' is not JSON/);
  });
});
