// Files of a run's folder: whole and on the disk when they have their name, and checked when they are read again.
import { readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { syncFolder, writeToDisk } from '../../durable-file.ts';
import { errorCodeOf, PreflightError, UsageError } from '../../errors.ts';
import { issueInWords } from '../../plan/issue.ts';

/**
 * Under another name first, and onto the disk: a file of that name is whole, whatever happens.
 * @param content some at a time where it may be large
 * @param wayOut what the user may do next
 * @throws PreflightError that names the file
 */
export async function saveDurably(
  path: string,
  content: string | Iterable<string>,
  wayOut: string,
): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    await writeToDisk(unfinished, content);
    await rename(unfinished, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw new PreflightError(`'${path}' cannot be written: ${errorCodeOf(cause)}; ${wayOut}`, { cause });
  }
}

/** @throws UsageError that names the file, what is wrong with it and the way out */
export async function readChecked<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  wayOut: string,
): Promise<z.output<Schema>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`'${path}' cannot be read: ${errorCodeOf(cause)}: ${wayOut}`, { cause });
  });
  const damaged = (what: string) => new UsageError(`'${path}' is damaged: ${what}: ${wayOut}`);
  const document = parsed(text, damaged);
  const { data, error } = schema.safeParse(document);
  if (error === undefined) return data;
  throw damaged(issueInWords(error, document, []));
}

function parsed(text: string, damaged: (what: string) => UsageError): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
}
