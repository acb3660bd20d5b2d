// What a write that fails takes of the room of an upload: what the disk took, and no more.
import { constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { OpenFile } from '../../../src/server/files/open-file.ts';
import { UploadRoom } from '../../../src/server/quota/upload-room.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'port20-room-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const GRANTS = { ask: async (bytes: number) => bytes, end() {} };

/** Of ten bytes; opened with the wrong right, every write of it fails. */
function file(flags: number): OpenFile {
  const path = join(folder, 'file');
  writeFileSync(path, '0123456789');
  return new OpenFile(openSync(path, flags));
}

it.each([
  ['behind the end', 10, 0],
  ['behind what was the end when it began', 4, 6],
])('of one that failed, %s', async (_, endBytes, usedBytes) => {
  const room = new UploadRoom(GRANTS);
  const reading = file(constants.O_RDONLY);
  const guarded = room.guard(reading, { endBytes, append: false });
  await expect(guarded.write([Buffer.alloc(20)], 4)).rejects.toMatchObject({ code: 'EBADF' });
  expect(room.usedBytes).toBe(usedBytes);
  await reading.close();
});

it('of one that did not', async () => {
  const room = new UploadRoom(GRANTS);
  const writing = file(constants.O_RDWR);
  const guarded = room.guard(writing, { endBytes: 10, append: false });
  await guarded.write([Buffer.alloc(20)], 4);
  expect(room.usedBytes).toBe(14);
  await writing.close();
});
