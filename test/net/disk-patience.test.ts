// Which disks are asked at once: by what lies below a file, and by how long it has kept us waiting.
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { answersAtOnce, atOnce } from '../../src/net/disk-patience.ts';
import { fileSystemKind } from '../../src/net/file-system-kind.ts';

const folder = mkdtempSync(join(tmpdir(), 'port20-disk-'));
afterAll(() => rmSync(folder, { recursive: true }));

function within<T>(path: string, use: (place: { fd: number; device: number }) => T): T {
  const fd = openSync(path, 'r');
  try {
    return use({ fd, device: fstatSync(fd).dev });
  } finally {
    closeSync(fd);
  }
}

const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('memory and what is no file system of this machine are told apart', () => {
  expect(within('/dev/shm', ({ fd, device }) => fileSystemKind(fd, device))).toBe('memory');
  expect(within('/proc', ({ fd, device }) => fileSystemKind(fd, device))).toBe('other');
  expect(within('/proc', answersAtOnce)).toBe(false);
});

describe('a device', () => {
  /** Numbers that no device has: what is noted of them is nobody else's. */
  let next = -1;
  const fresh = () => within(folder, ({ fd }) => ({ fd, device: next-- }));
  const busyFor = (ms: number) => () => {
    for (const endMs = performance.now() + ms; performance.now() < endMs; );
  };

  onLinux('that keeps us waiting for long is left to others; one that does so now and then is not', () => {
    const { device } = fresh();
    within('/dev/shm', ({ fd }) => {
      const place = { fd, device };
      expect(answersAtOnce(place)).toBe(true);
      expect(atOnce(place, () => 'result')).toBe('result');
      expect(answersAtOnce(place)).toBe(true);
      atOnce(place, busyFor(110));
      expect(answersAtOnce(place)).toBe(false);
      expect(answersAtOnce({ fd, device: device - 1000 })).toBe(true);
    });
  });

  onLinux('adds up many short waits, also of calls that throw', () => {
    const { device } = fresh();
    within('/dev/shm', ({ fd }) => {
      const place = { fd, device };
      for (let calls = 0; calls < 20; calls++) {
        expect(() =>
          atOnce(place, () => {
            busyFor(8)();
            throw new Error('of the disk');
          }),
        ).toThrow('of the disk');
      }
      expect(answersAtOnce(place)).toBe(false);
    });
  });
});
