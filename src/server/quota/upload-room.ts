// What one upload may still write: asked for as it goes, given back when it ends.
import { formatBytes } from '../../units.ts';
import { LocalFileError, type OpenFile } from '../files/open-file.ts';
import { Refusal, sentence } from '../refusal.ts';
import { type Growth, NO_QUOTA } from './ledger.ts';

/** RFC 959 §4.2, 552: "Exceeded storage allocation". */
class QuotaExceeded extends LocalFileError {
  constructor(quotaBytes: number) {
    super(Object.assign(new Error(usedUp(quotaBytes)), { code: 'EDQUOT' }), usedUp(quotaBytes));
  }
}

function usedUp(quotaBytes: number): string {
  return `the quota of ${formatBytes(quotaBytes)} is used up`;
}

export interface WritableFile {
  /** All of the pieces, one behind the other. @throws LocalFileError */
  write(pieces: readonly Buffer[], position: number): Promise<void>;
}

export class UploadRoom {
  readonly #growth: Growth;
  readonly #quotaBytes: number;
  readonly #creditBytes: () => number;
  #spareBytes = 0;
  #usedBytes = 0;
  #refused = false;

  /**
   * @param quotaBytes what the root may hold
   * @param creditBytes of that what will be gone when the upload is whole: the file that it takes the place of
   */
  constructor(growth: Growth, quotaBytes: number = NO_QUOTA, creditBytes: () => number = () => 0) {
    this.#growth = growth;
    this.#quotaBytes = quotaBytes;
    this.#creditBytes = creditBytes;
  }

  /** By which the file has grown. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Before anything is sent. @throws Refusal 552 when not a single byte would find room */
  async requireAny(): Promise<void> {
    if (!(await this.#have(1))) throw new Refusal(552, `${sentence(usedUp(this.#quotaBytes))}.`);
  }

  /** Before it is seen: what it was to take the place of may be gone another way. @throws QuotaExceeded */
  async requireAll(): Promise<void> {
    if (!(await this.#have(0))) throw new QuotaExceeded(this.#quotaBytes);
  }

  /** Whether what came of an upload that broke may be kept beside what is there. */
  async mayBeKept(): Promise<boolean> {
    if (this.#refused) return false;
    if (this.#quotaBytes === NO_QUOTA) return true;
    const asked = this.#growth.ask(0, this.#quotaBytes);
    return asked.then(
      (room) => room !== undefined,
      () => true, // nobody is left to ask: all that it has was allowed
    );
  }

  /** `file`, whose writes find room first. @param endBytes where it ends, so that what is overwritten takes none */
  guard(
    file: OpenFile,
    { endBytes, append }: { readonly endBytes: number; readonly append: boolean },
  ): WritableFile {
    let end = endBytes;
    return {
      write: async (pieces, position) => {
        const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
        const writtenEnd = position + length;
        const bytes = append ? length : Math.max(writtenEnd - end, 0);
        if (bytes > 0 && !(await this.#have(bytes))) throw new QuotaExceeded(this.#quotaBytes);
        this.#spareBytes -= bytes;
        this.#usedBytes += bytes;
        end = Math.max(end, writtenEnd);
        try {
          await file.write(pieces, position);
        } catch (error) {
          if (!append) this.#giveBack(Math.min(bytes, end - (await endOf(file, end))));
          throw error;
        }
      },
    };
  }

  /** Of what a disk that failed did not take. */
  #giveBack(bytes: number): void {
    this.#spareBytes += Math.max(bytes, 0);
    this.#usedBytes -= Math.max(bytes, 0);
  }

  end(keptBytes: number): void {
    this.#growth.end(keptBytes);
  }

  async #have(bytes: number): Promise<boolean> {
    if (bytes > 0 && bytes <= this.#spareBytes) return true;
    const limitBytes = Math.min(this.#quotaBytes + this.#creditBytes(), NO_QUOTA);
    const more = await this.#growth.ask(Math.max(bytes - this.#spareBytes, 0), limitBytes);
    if (more === undefined) this.#refused = true;
    else this.#spareBytes += more;
    return more !== undefined;
  }
}

/** @param otherwise where the disk does not even say that */
function endOf(file: OpenFile, otherwise: number): Promise<number> {
  return file.currentBytes().catch(() => otherwise);
}
