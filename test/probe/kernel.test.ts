// The kernel probe as a whole, from the build because it starts processes of its own: verdicts, and nothing left behind.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import type { Claim } from '../../src/probe/claim.ts';
import type { ClaimVerdict, KernelReport } from '../../src/probe/types.ts';
import { openDescriptors } from '../support/loopback.ts';

const built = (path: string) => fileURLToPath(new URL(`../../dist/probe/${path}`, import.meta.url));
const PROBE = built('kernel/probe.js');
const { probeKernel } = (await import(PROBE)) as typeof import('../../src/probe/kernel/probe.ts');
const { CLAIMS } = (await import(
  built('claims/index.js')
)) as typeof import('../../src/probe/claims/index.ts');
const { NotRun } = (await import(
  built('kernel/not-run.js')
)) as typeof import('../../src/probe/kernel/not-run.ts');

const root = process.geteuid?.() === 0;
const unshare = [...(root ? [] : ['--map-root-user']), '--net', 'true'];
const namespaces = spawnSync('unshare', unshare).status === 0;
const veth = ['ip', 'link', 'add', 'veth-a', 'type', 'veth', 'peer', 'name', 'veth-b'];
const linked = namespaces && spawnSync('unshare', [...unshare.slice(0, -1), ...veth]).status === 0;

/** What Linux does, claim by claim; those that need what not every host gives are not run there. */
const VERDICTS: Readonly<Record<string, ClaimVerdict>> = {
  'time-wait-bind': 'holds',
  'two-listeners-reuse-addr': 'holds',
  'port-taken-reuse-addr': 'does-not-hold',
  'port-taken-reuse-port': 'holds',
  'port-taken-udp': 'holds',
  'port-kept-without-option': 'holds',
  'port-taken-other-user': root ? 'holds' : 'not-run',
  'reuse-port-processes': 'holds',
  'one-without': 'holds',
  'mixed-kinds': 'holds',
  'multicast-equivalent': 'holds',
  'ten-tries': 'holds',
  'reuse-addr-dials-back': 'holds',
  'connect-live': 'holds',
  'connect-fin-wait-2': 'holds',
  'connect-time-wait-timestamps': 'holds',
  'connect-time-wait-no-timestamps': namespaces ? 'holds' : 'not-run',
  'time-wait-side': 'holds',
  'timestamps-on-at-both': linked ? 'holds' : 'not-run',
  'timestamps-off-at-server': linked ? 'holds' : 'not-run',
  'timestamps-off-at-client': linked ? 'holds' : 'not-run',
  'timestamps-off-at-both': linked ? 'holds' : 'not-run',
  'uid-rule': root ? 'holds' : 'not-run',
  'option-after-bind': 'holds',
  'wildcard-and-specific': 'holds',
  'two-addresses': 'holds',
  'v4-mapped': 'holds',
  'ipv6-alike': 'holds',
};

function childProcesses(): string[] {
  return readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  );
}

function claimThat(run: Claim['run']): Claim {
  return { id: 'of-the-test', claim: 'A claim.', experiment: 'An experiment.', run };
}

async function verdictAndWords(run: Claim['run']): Promise<KernelReport['claims'][number] | undefined> {
  return (await probeKernel({ claims: [claimThat(run)] })).claims[0];
}

describe('the kernel probe', () => {
  it('tests every claim, is plain JSON, and leaves neither descriptors nor processes', async () => {
    await probeKernel({ claims: [] }); // loads the library, which opens files of its own
    const [descriptors, children] = [openDescriptors(), childProcesses()];
    const said: string[] = [];
    const report = await probeKernel({ onProgress: (what) => said.push(what) });

    expect(Object.fromEntries(report.claims.map(({ id, verdict }) => [id, verdict]))).toEqual(VERDICTS);
    expect(report.claims.map(({ id }) => id)).toEqual(CLAIMS.map(({ id }) => id));
    for (const { verdict, observed } of report.claims) {
      expect(observed.startsWith('needs ')).toBe(verdict === 'not-run');
    }
    expect(report).toMatchObject({ formatVersion: 1, host: { platform: process.platform } });
    expect(report.truthTable).toHaveLength(192);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(said).toEqual(expect.arrayContaining(['truth table, IPv4, listen', 'ten-tries']));
    expect(openDescriptors()).toBe(descriptors);
    expect(childProcesses()).toEqual(children);
  });

  it('a claim that lacks something is not run, and says what it needs', async () => {
    const result = await verdictAndWords(() => {
      throw new NotRun('the moon');
    });
    expect(result).toMatchObject({ verdict: 'not-run', observed: 'needs the moon' });
  });

  it('a claim that breaks off does not end the probe, and its sockets are closed', async () => {
    await probeKernel({ claims: [] });
    const before = openDescriptors();
    const result = await verdictAndWords((lab) => {
      lab.bound(lab.endpoint(), 'none', { listen: true });
      throw new Error('out of luck');
    });
    expect(result).toMatchObject({ verdict: 'not-run', observed: 'the experiment broke off: out of luck' });
    expect(openDescriptors()).toBe(before);
  });

  it('aborted in the middle of an experiment, it ends its processes and sockets and rejects with the reason', async () => {
    await probeKernel({ claims: [] });
    const [descriptors, children] = [openDescriptors(), childProcesses()];
    const controller = new AbortController();
    const reason = new Error('enough');
    let workers = 0;
    const endless = claimThat(async (lab) => {
      const [rival] = await Promise.all([lab.worker(), lab.worker()]);
      workers = childProcesses().length - children.length;
      const local = lab.endpoint();
      lab.bound(local, 'none');
      const limits = { concurrent: 1, transfers: 1, timeUnitMs: 60_000, bindToConnectMs: 0 };
      const contest = { binder: 'legacy', local, clientAddress: local.address, ...limits } as const;
      const never = rival.ask({ type: 'contend', contest });
      controller.abort(reason);
      await never;
      throw new Error('it ended by itself');
    });
    await expect(probeKernel({ claims: [endless], signal: controller.signal })).rejects.toBe(reason);
    expect(workers).toBe(2);
    expect(openDescriptors()).toBe(descriptors);
    expect(childProcesses()).toEqual(children);
  });

  it('aborted in the middle of the truth table, it rejects with the reason', async () => {
    await probeKernel({ claims: [] });
    const before = openDescriptors();
    const controller = new AbortController();
    const said: string[] = [];
    const probing = probeKernel({
      signal: controller.signal,
      onProgress(what) {
        said.push(what);
        if (what === 'truth table, IPv4, time-wait') controller.abort(new Error('enough'));
      },
    });
    await expect(probing).rejects.toThrow('enough');
    expect(said.at(-1)).toBe('truth table, IPv4, time-wait');
    expect(openDescriptors()).toBe(before);
  });

  it('without the FFI there is no probe, and the error is the one that says so', () => {
    const script = `const { probeKernel } = await import(process.argv[1]);
      await probeKernel().catch((error) => console.log(error.code));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, PROBE], {
      env: { ...process.env, PORT20_NO_FFI: '1' },
      encoding: 'utf8',
    });
    expect(stdout).toBe('ERR_FFI_UNAVAILABLE\n');
  });
});

describe('a connect over a 4-tuple in TIME_WAIT, in a network namespace', () => {
  const inNamespace = namespaces ? it : it.skip;

  inNamespace.each([
    ['0', 'EADDRNOTAVAIL'],
    ['1', 'ok'],
  ] as const)('with tcp_timestamps=%s: %s', async (timestamps, connect) => {
    const result = await verdictAndWords(async (lab) => {
      const namespace = await lab.worker('network-namespace');
      return { observed: await namespace.ask({ type: 'reconnect', timestamps }), verdict: 'holds' };
    });
    expect(result?.observed).toBe(connect);
  });

  inNamespace('the setting of this host is left alone', async () => {
    const here = () => readFileSync('/proc/sys/net/ipv4/tcp_timestamps', 'utf8');
    const before = here();
    await verdictAndWords(async (lab) => {
      const namespace = await lab.worker('network-namespace');
      return { observed: await namespace.ask({ type: 'reconnect', timestamps: '0' }), verdict: 'holds' };
    });
    expect(here()).toBe(before);
  });
});
