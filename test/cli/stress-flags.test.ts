// The flags of `stress`: each becomes a key of the plan, wins over the plan's own, and what is printed reads back.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { addStressFlags, type StressFlags } from '../../src/cli/stress-flags.ts';
import { choosePlan } from '../../src/cli/stress-plan.ts';
import { planDocument } from '../../src/plan/format.ts';
import { emptyFolder, run } from './port20.ts';

/** The plan that these arguments make, as it is printed. @throws CommanderError, UsageError */
async function printed(args: readonly string[]) {
  const command = addStressFlags(new Command('stress')).argument('[plan]').exitOverride();
  command.configureOutput({ outputError: () => {} }).parse(args, { from: 'user' });
  return planDocument(await choosePlan(command.args[0], command.opts<StressFlags>()));
}

describe('without a plan file', () => {
  it.each([
    ['--think-time uniform(10ms,30ms)', { workload: 'closed', thinkTime: 'uniform(10ms, 30ms)' }],
    ['--rate 40 --duration 3s', { workload: 'open', arrivals: 'poisson', rate: 40, duration: '3s' }],
    ['--rate 2.5 --arrivals constant', { workload: 'open', arrivals: 'constant', rate: 2.5, duration: '2s' }],
    ['--every 500ms --sessions 6', { workload: 'bursts', every: '500ms', burst: 6, duration: '2s' }],
    ['--workload bursts --every 1s --burst 3', { workload: 'bursts', every: '1s', burst: 3 }],
    ['--mix retr:8,stor:1,list:1', { mix: 'retr:8,stor:1,list:1' }],
    ['--file-size lognormal(4KiB,1.5,1MiB)', { fileSize: 'lognormal(4KiB, 1.5, 1MiB)' }],
    ['--warm-up 500ms --transfers 100', { warmUp: '500ms', transfers: 100 }],
    ['--client-addresses 2 --client-port sticky', { clientAddresses: 2, clientPort: 'sticky' }],
    ['--client-addresses each --client-port default', { clientAddresses: 'each', clientPort: 'default' }],
    ['--announce EPRT --login each', { announce: 'EPRT', login: 'each' }],
    ['--bind-to-connect 4ms --direction stor', { bindToConnect: '4ms', mix: 'stor' }],
  ])('%s makes a scenario', async (flags, scenario) => {
    const { name, scenarios } = await printed(flags.split(' '));
    expect(name).toBe('from flags');
    expect(scenarios).toEqual([expect.objectContaining({ name: 'load', ...scenario })]);
  });

  it('flags of the plan alone change the default plan', async () => {
    const flags = [
      ...[
        '--blocks',
        '9',
        '--until',
        'conclusive',
        '--max-time',
        '10m',
        '--rest',
        '61s',
        '--generators',
        '2',
      ],
      ...['--user-pi', 'lean', '--require-data-port', '--retry', '1,2', '--time-unit', '5ms', '--seed', '7'],
      ...['--workers', '3', '--binder', 'reuse-port,legacy,legacy', '--baseline', 'legacy#2'],
    ];
    expect(await printed(flags)).toMatchObject({
      ...{ name: 'quick', blocks: 9, until: 'conclusive', maxTime: '10m', rest: '61s', generators: 2 },
      ...{ userPi: 'lean', requireDataPort: true, retry: [1, 2], timeUnit: '5ms', seed: 7, workers: 3 },
      ...{ binders: ['reuse-port', 'legacy', 'legacy'], baseline: 'legacy#2' },
    });
  });

  it('peers and targets are for themselves, unless binders are named', async () => {
    expect(await printed(['--peer', 'vsftpd,pure-ftpd'])).toMatchObject({
      ...{ binders: [], peers: ['vsftpd', 'pure-ftpd'], baseline: 'vsftpd', scenarios: [{ name: 'load' }] },
    });
    const beside = ['--binder', 'legacy-bsd', '--peer', 'vsftpd', '--target', 'ftp://u@127.0.0.1:2121/f'];
    expect(await printed(beside)).toMatchObject({
      ...{ binders: ['legacy-bsd'], peers: ['vsftpd'], targets: ['ftp://u@127.0.0.1:2121/f'] },
      baseline: 'legacy-bsd',
    });
  });
});

describe('with a plan file', () => {
  const PLAN = `
binders: [legacy, reuse-port]
baseline: reuse-port
scenarios:
  - {name: closed, thinkTime: 5ms, duration: 3s}
  - {name: ramp, workload: open, stages: [{duration: 1s, rampTo: 10}, {duration: 2500ms, rate: 10}]}
  - {name: bursts, workload: bursts, every: 1s, mix: 'retr:1,stor:1'}
`;
  const changed = (...flags: readonly string[]) => {
    const path = join(emptyFolder(), 'plan.yaml');
    writeFileSync(path, PLAN);
    return printed([path, ...flags]);
  };

  it('flags win over what it says, in every scenario', async () => {
    const { scenarios } = await changed('--sessions', '5', '--direction', 'list', '--announce', 'PORT');
    for (const one of scenarios) expect(one).toMatchObject({ sessions: 5, mix: 'list', announce: 'PORT' });
    expect(scenarios[0]).toMatchObject({ duration: '3s', thinkTime: '5ms' });
    expect(scenarios[2]).toMatchObject({ burst: 5 }); // one a session, as before
  });

  it('another workload keeps how long a block lasts, and drops what belongs to the old one', async () => {
    const { scenarios } = await changed('--rate', '7');
    const open = { workload: 'open', arrivals: 'poisson', rate: 7 };
    expect(scenarios).toMatchObject([
      { ...open, duration: '3s' },
      { ...open, duration: '3.5s' },
      { ...open, duration: '2s' },
    ]);
    for (const one of scenarios) {
      for (const key of ['thinkTime', 'stages', 'every', 'burst']) expect(one).not.toHaveProperty(key);
    }
  });

  it('its baseline goes with the binders that are not run any more', async () => {
    expect(await changed('--binder', 'legacy')).toMatchObject({ binders: ['legacy'], baseline: 'legacy' });
    expect(await changed('--baseline', 'legacy')).toMatchObject({ baseline: 'legacy' });
  });

  it('what is printed reads back as it is', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'plan.yaml'), PLAN);
    const first = await run(['stress', 'plan.yaml', '--print-plan'], { cwd });
    writeFileSync(join(cwd, 'printed.yaml'), first.stdout);
    const second = await run(['stress', 'printed.yaml', '--print-plan'], { cwd });
    expect(second).toEqual({
      status: 0,
      stdout: readFileSync(join(cwd, 'printed.yaml'), 'utf8'),
      stderr: '',
    });
  });
});

describe('a mistake in a flag is told with the flag, in one line', () => {
  it.each([
    [
      ['--rate', '0'],
      /'--rate <n>' argument '0' is invalid\. '0' is not a number of arrivals a second above 0/,
    ],
    [['--mix', 'retr:1,up:1'], /'--mix <weights>' .* unknown direction 'up': use retr, stor, list/],
    [['--think-time', 'gamma(1s)'], /'--think-time <time>' .* 'gamma\(1s\)' is not a time such as 20ms/],
    [['--file-size', '4KiB:x'], /'--file-size <size>' .* '4KiB:x' is not a name and a weight above 0/],
    [['--workload', 'opne'], /unknown workload 'opne' \(did you mean 'open'\?\)/],
    [['--client-port', 'same'], /unknown client port 'same': use fresh, sticky, default/],
    [['--client-addresses', '0'], /'0' is not a whole number from 1 to 10000/],
    [['--until', 'done'], /unknown end 'done': use blocks, conclusive/],
    [['--user-pi', 'curl'], /unknown user-PI 'curl': use basic-ftp, lean/],
    [['--peer', 'vsftp'], /unknown peer 'vsftp' \(did you mean 'vsftpd'\?\)/],
    [
      ['--mix', 'retr', '--direction', 'stor'],
      /scenario 'load': direction and mix both say what to transfer/,
    ],
    [
      ['--rate', '5', '--think-time', '1s'],
      /scenario 'load': thinkTime belongs to workload: closed, not to open/,
    ],
    [['--burst', '4'], /scenario 'load': bursts need every, such as every: 1s/],
    [['--warm-up', '2s'], /scenario 'load': warmUp 2s is not shorter than a block of 2s/],
    [['--transfers', '3', '--generators', '4'], /3 transfers cannot be shared by 4 generators/],
  ])('%j', async (args, line) => {
    await expect(printed(args)).rejects.toThrow(line);
    await expect(printed(args)).rejects.toThrow(/^[^\n]+$/);
  });
});
