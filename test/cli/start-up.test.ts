// What every command line loads before its command is known: little, or each of them waits for the others.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** All that a built file imports, by what that imports in turn; what is loaded when it is needed is not among it. */
function loadedBy(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const text = readFileSync(join(DIST, file), 'utf8');
  for (const [, target = ''] of text.matchAll(/^(?:import|export) (?:[^;]*? from )?'([^']+)';$/gm)) {
    if (target.startsWith('.')) loadedBy(normalize(join(dirname(file), target)), loaded);
    else loaded.add(target);
  }
  return loaded;
}

const LOADED = [...loadedBy('cli/main.js')];

it('is of packages the reader of flags, and what names a near miss', () => {
  expect(LOADED).toContain('cli/serve-flags.js');
  const packages = LOADED.filter((name) => !name.startsWith('node:') && !name.endsWith('.js'));
  expect(packages.toSorted()).toEqual(['commander', 'fastest-levenshtein']);
});

it('is none of the rooms that do the work', () => {
  const rooms = /^(?:engine|judge|live|load|predict|probe\/|report\/(?:export|html)|run\/)/;
  // How an agent, its networks and its Redis are written is judged as the flags are read, by small files.
  const small = ['engine/redis/keys.js', 'engine/redis/networks.js', 'engine/redis/url.js'];
  expect(LOADED.filter((name) => rooms.test(name) && !small.includes(name))).toEqual([]);
});
