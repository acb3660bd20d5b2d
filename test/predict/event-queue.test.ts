// The event queue: earliest first, and of one time in the order of pushing.
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventQueue } from '../../src/predict/event-queue.ts';

it('gives participants back by time, and by order of pushing where times are equal', () => {
  const times = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(times, (atMs) => {
      const queue = new EventQueue(atMs.length);
      atMs.forEach((time, participant) => {
        queue.push(participant, time);
      });
      const popped = atMs.map(() => queue.pop());
      const sorted = atMs.map((_, i) => i).sort((a, b) => (atMs[a] ?? 0) - (atMs[b] ?? 0) || a - b);
      expect(popped).toEqual(sorted);
      expect(queue.size).toBe(0);
    }),
  );
});

it('stays in order when participants come back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 20, maxLength: 200 }), (delays) => {
      const queue = new EventQueue(8);
      for (let participant = 0; participant < 8; participant++) queue.push(participant, participant % 3);
      let beforeMs = 0;
      for (const delayMs of delays) {
        const participant = queue.pop();
        const nowMs = queue.atMs(participant);
        expect(nowMs).toBeGreaterThanOrEqual(beforeMs);
        beforeMs = nowMs;
        queue.push(participant, nowMs + delayMs);
      }
    }),
  );
});
