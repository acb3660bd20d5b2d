// Servers that run already, and runs against them from the command line.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { RunResult } from '../../src/result/types.ts';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, type RunOptions, run, start } from './port20.ts';

/** A server on an address of its own with one file, of which a run's blocks are to be short. */
export async function served(...flags: readonly string[]): Promise<string> {
  const root = emptyFolder();
  writeFileSync(join(root, 'file'), 'some bytes');
  const listen = `${ownAddress()}:2121`;
  await start(['serve', '--listen', listen, '--root', root, ...flags]).stderrMatch(/listening on/);
  return listen;
}

const SHORT = ['--sessions', '3', '--duration', '100ms', '--blocks', '1'];

export function stressed(url: string, flags: readonly string[] = [], options: RunOptions = {}) {
  return run(['stress', '--target', url, ...SHORT, ...flags], options);
}

export async function measured(url: string, ...flags: readonly string[]): Promise<RunResult> {
  const { status, stdout, stderr } = await stressed(url, ['--json', ...flags]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return JSON.parse(stdout);
}
