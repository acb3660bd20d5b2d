// Datagrams to the service manager: to a socket of the file system and to an abstract one, and to nobody.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { tellServiceManager } from '../../src/net/service-manager.ts';
import { openDescriptors } from '../support/loopback.ts';
import { listening } from './notes.ts';

const folder = mkdtempSync(join(tmpdir(), 'port20-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['in the file system', join(folder, 'notify')],
  ['in the abstract namespace', `@port20-test-${process.pid}`],
])('a socket %s gets each state whole', async (_, path) => {
  const notes = await listening(path);
  tellServiceManager('READY=1', path);
  tellServiceManager('STOPPING=1\nSTATUS=über', path);
  expect([await notes.next(), await notes.next()]).toEqual(['READY=1', 'STOPPING=1\nSTATUS=über']);
  notes.close();
});

it('nobody is told when nobody asks', () => {
  tellServiceManager('READY=1', undefined);
  tellServiceManager('READY=1', '');
});

it('a socket that is not there, or cannot be, is an error, and leaves no descriptor', () => {
  const before = openDescriptors();
  expect(() => tellServiceManager('READY=1', join(folder, 'none'))).toThrow('connect: ENOENT');
  expect(() => tellServiceManager('READY=1', `@port20-none-${process.pid}`)).toThrow('connect: ECONNREFUSED');
  expect(() => tellServiceManager('READY=1', `/${'x'.repeat(104)}`)).toThrow('too long for a socket');
  expect(openDescriptors()).toBe(before);
});
