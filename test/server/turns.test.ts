// Slices of work: in their order, a few a turn of the event loop, and each failing for itself.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { inTurn } from '../../src/server/turns.ts';

/** Longer than all slices of one turn may take together. */
function work(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

it('runs slices in the order in which they were asked for', async () => {
  const order: number[] = [];
  await Promise.all([0, 1, 2, 3].map((number) => inTurn(() => order.push(number))));
  expect(order).toEqual([0, 1, 2, 3]);
});

it('lets the event loop turn between slices that take long, whoever asked for them', async () => {
  const order: string[] = [];
  const slices = ['a', 'b', 'c'].map((name) =>
    inTurn(() => {
      work(3);
      order.push(name);
      setImmediate(() => order.push(`turn behind ${name}`));
    }),
  );
  await Promise.all(slices);
  await turn();
  expect(order).toEqual(['a', 'turn behind a', 'b', 'turn behind b', 'c', 'turn behind c']);
});

it('gives what a slice returns or throws to its own caller, and goes on', async () => {
  const failing = inTurn(() => {
    throw new Error('disk');
  });
  const next = inTurn(() => 'next');
  await expect(failing).rejects.toThrow('disk');
  expect(await next).toBe('next');
  expect(await inTurn(() => 'later')).toBe('later');
});
