// A wait that is longer than one of Node's timers can be.
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { MAX_TIMER_MS, systemClock } from '../src/clock.ts';

it('sleeps on where one timer would end at once', async () => {
  const wake = new AbortController();
  const slept = systemClock.sleep(MAX_TIMER_MS + 1, wake.signal).then(
    () => 'it ended by itself',
    (reason) => reason,
  );
  // Node makes 1 ms of what it cannot wait: timers of one process fire in their order.
  await delay(5);
  wake.abort('woken');
  expect(await slept).toBe('woken');
});
