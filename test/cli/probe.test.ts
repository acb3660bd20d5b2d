// `port20 probe` from the command line: its forms, its exit status, its mistakes, and an end in the middle.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { DoctorReport } from '../../src/probe/types.ts';
import { listeningPeer, ownAddress } from '../support/loopback.ts';
import { run, start } from './port20.ts';

describe('the kernel', () => {
  it('as text', async () => {
    const text = await run(['probe']);
    expect(text.status).toBe(0);
    expect(text.stdout).toMatch(/^second bind\(2\) to one address and port/m);
    expect(text.stdout).toMatch(/^holds +ten-tries/m);
  });

  it('ends on Ctrl-C with 130, at once and without a word of an error', async () => {
    const probe = start(['probe', '--cost']);
    await new Promise((resolve) => probe.child.once('spawn', resolve));
    await untilBusy(probe.child.pid ?? 0);
    probe.child.kill('SIGINT');
    const { status, stderr } = await probe.ended;
    expect({ status, stderr }).toEqual({ status: 130, stderr: 'port20: SIGINT: stopping\n' });
  });
});

describe('the doctor', () => {
  it('finds nothing wrong with a port of its own, and says so', async () => {
    const { status, stdout } = await run(['probe', '--doctor', '--listen', `${ownAddress()}:2121`]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ok +Listeners on the data port/m);
  });

  it('names who listens on the data port: exit 3', async () => {
    const peer = await listeningPeer(ownAddress());
    const { address, port } = peer.endpoint;
    const args = ['probe', '--doctor', '--json', '--listen', `${address}:2121`, '--data-port', `${port}`];
    const { status, stdout } = await run(args);
    expect(status).toBe(3);
    const { checks }: DoctorReport = JSON.parse(stdout);
    const failure = checks.find((check) => check.status === 'failure');
    expect(failure?.observed).toContain(String(process.pid));
    expect(failure?.advice).not.toBe('');
    await peer.close();
  });
});

describe('mistakes', () => {
  it.each([
    [
      ['probe', 'http://127.0.0.1'],
      2,
      /'http:\/\/127\.0\.0\.1' is not a server such as ftp:\/\/127\.0\.0\.1:2121/,
    ],
    [
      ['probe', 'ftp://192.0.2.1'],
      2,
      /192\.0\.2\.1 is not this machine: say --i-own-this-server if it is yours/,
    ],
    [['probe', 'ftp://127.0.0.1:2', '--cost'], 2, /one question at a time: a server or --cost/],
    [['probe', '--format', 'pdf'], 2, /unknown format 'pdf'/],
    [['probe', 'ftp://127.0.0.1:1'], 3, /ECONNREFUSED/],
  ])('%j', async (args, status, line) => {
    const ended = await run(args);
    expect(ended.stderr).toMatch(line);
    expect(ended.stderr.trimEnd()).toMatch(/^port20: [^\n]+$/);
    expect(ended).toMatchObject({ status, stdout: '' });
  });
});

/** The measurement holds sockets by the hundred. */
async function untilBusy(pid: number): Promise<void> {
  while (readdirSync(`/proc/${pid}/fd`).length < 100) await new Promise((resolve) => setTimeout(resolve, 5));
}
