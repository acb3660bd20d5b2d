// Runs that are to be broken off: their plans, and how the way on is told.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from './port20.ts';

/** Arrivals are drawn from the seed: how many fall into a block tells whether its schedule is the same. */
export const SHORT = [
  ...['stress', '--binder', 'reuse-port,ephemeral', '--blocks', '3', '--seed', '11'],
  ...['--rate', '60', '--sessions', '4', '--duration', '400ms', '--json'],
];

/** Something can be killed in the first block, and the second is soon over. */
export const LONG_THEN_SHORT = `
seed: 5
binders: [reuse-port]
blocks: 1
scenarios: [{ name: long, sessions: 4, duration: 3s }, { name: short, sessions: 4, duration: 150ms }]
`;

export function folderWith(plan: string): string {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'plan.yaml'), plan);
  return cwd;
}

export const hint = (path: string) => `port20: go on with: port20 stress --resume ${path}\n`;
