// Bytes on their way into a file: what comes while the disk writes is gathered, and goes in one piece behind that.
import type { WritableFile } from '../quota/upload-room.ts';
import { giveLargeBuffer, LARGE_BYTES } from './large-buffers.ts';

/** IOV_MAX of Linux; and a piece of one byte takes as much memory as one of hundreds. */
const MOST_PIECES = 1024;

export interface Behind {
  readonly file: WritableFile;
  /** Where on disk the first byte goes. */
  readonly position: number;
  /** Something was written: there may be room again. */
  readonly onRoom: () => void;
  /** Called once; nothing more is written then. */
  readonly onError: (error: unknown) => void;
}

export class BehindWriter {
  readonly #behind: Behind;
  #position: number;
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** Those of the pieces that are to be given back. */
  #large: Buffer[] = [];
  #writing: Promise<void> | undefined;
  #failed: { readonly error: unknown } | undefined;

  constructor(behind: Behind) {
    this.#behind = behind;
    this.#position = behind.position;
  }

  /** As much waits as may: whoever goes on to push makes it wait in memory. */
  get full(): boolean {
    return this.#pieceBytes >= LARGE_BYTES || this.#pieces.length >= MOST_PIECES;
  }

  push(piece: Buffer): void {
    if (this.#failed !== undefined || piece.length === 0) return;
    this.#pieces.push(piece);
    this.#pieceBytes += piece.length;
    this.#writing ??= this.#write();
  }

  /** The first `bytes` of a large buffer, which is given back when they are written. */
  pushLarge(buffer: Buffer, bytes: number): void {
    if (this.#failed !== undefined || bytes === 0) giveLargeBuffer(buffer);
    else {
      this.#large.push(buffer);
      this.push(buffer.subarray(0, bytes));
    }
  }

  /** When all that was pushed is written. @throws what a write has failed with */
  async finished(): Promise<void> {
    await this.#writing;
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    const { file, onRoom, onError } = this.#behind;
    try {
      while (this.#pieces.length > 0) {
        const [pieces, bytes, large] = [this.#pieces, this.#pieceBytes, this.#large];
        this.#pieces = [];
        this.#pieceBytes = 0;
        this.#large = [];
        await file.write(pieces, this.#position).finally(() => large.forEach(giveLargeBuffer));
        this.#position += bytes;
        onRoom();
      }
    } catch (error) {
      this.#failed = { error };
      this.#large.splice(0).forEach(giveLargeBuffer);
      onError(error);
    } finally {
      this.#writing = undefined;
    }
  }
}
