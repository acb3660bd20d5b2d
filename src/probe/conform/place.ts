// Where a run works: a folder of its own on the server, with two files in it, removed with all that came into it.
import { randomBytes } from 'node:crypto';
import { PreflightError } from '../../errors.ts';
import { inScope, type Scope } from '../server/scope.ts';
import { ProbeSession, type ServerTarget } from '../server/session.ts';
import { transferOnce } from './transfer-once.ts';

export interface PlacedFile {
  readonly path: string;
  /** Undefined of a file that was there before: it is the server's. */
  readonly content: Buffer | undefined;
}

export interface Place {
  /** Path of the folder, as PWD has it; undefined where none could be made. */
  readonly folder: string | undefined;
  /** A folder with one file in it, in that folder. */
  readonly sub: string | undefined;
  readonly file: PlacedFile | undefined;
  /** More than the buffers of a connection take unless its reader reads. */
  readonly big: PlacedFile | undefined;
  /** Why there is no folder; empty where there is one. */
  readonly why: string;
  /** One that nothing has; what is made by it is removed in the end. */
  newName(): string;
}

const SMALL = Buffer.from('ten bytes\n');
const BIG = randomBytes(64 * 1024);
const BIG_TIMES = 96;
const SUB = 'sub';

/**
 * @param path as in a URL: a file to fetch where nothing can be uploaded, or a folder, with a slash behind it, in which to
 *   make the folder
 * @throws PreflightError where the server cannot be reached, or refuses the login
 */
export function makePlace(target: ServerTarget, signal: AbortSignal | undefined): Promise<Place> {
  const { path } = target;
  const within = path?.endsWith('/') ? path : undefined;
  const file =
    within === undefined && path !== undefined ? { path: absolute(path), content: undefined } : undefined;
  const nothing = { folder: undefined, sub: undefined, big: undefined, file, newName: names() };
  return inScope(signal, async (scope) => {
    const session = await ProbeSession.open(target, scope);
    if (within !== undefined) await session.command(`CWD ${within}`);
    const name = `port20-conform-${randomBytes(6).toString('hex')}`;
    try {
      return { ...nothing, ...(await made(session, scope, name)) };
    } catch (error) {
      await removePlace(target, { folder: `${within ?? ''}${name}` });
      throw error;
    }
  });
}

type Made = { readonly why: string } & Partial<Place>;

async function made(session: ProbeSession, scope: Scope, name: string): Promise<Made> {
  const reply = await session.command(`MKD ${name}`);
  if (reply?.replyCode !== 257) return { why: `MKD was answered with ${reply?.text ?? 'nothing'}` };
  const folder = await entered(session, name);
  const gone = async (why: string) => ({
    why: [why, ...(await removed(session, scope, folder ?? name))].join('; '),
  });
  if (folder === undefined) return gone('PWD did not tell the folder');
  if ((await transferOnce(session, scope, 'STOR small', SMALL)) === undefined)
    return gone('a file could not be uploaded');
  return { folder, why: '', ...(await filled(session, scope, folder)) };
}

/**
 * Goes there. @returns the folder as PWD has it; undefined where PWD tells none of the run's: whatever CWD says, what is
 * there is somebody else's
 */
async function entered(session: ProbeSession, path: string): Promise<string | undefined> {
  await session.command(`CWD ${path}`);
  const told = /"((?:[^"]|"")*)"/.exec((await session.command('PWD'))?.text ?? '')?.[1];
  const name = path.slice(path.lastIndexOf('/') + 1);
  return told?.includes(name) ? told.replaceAll('""', '"') : undefined;
}

async function filled(session: ProbeSession, scope: Scope, folder: string) {
  const content = Buffer.concat(Array.from({ length: BIG_TIMES }, () => BIG));
  const big = (await transferOnce(session, scope, 'STOR big', content)) !== undefined;
  await session.command(`MKD ${SUB}`);
  await transferOnce(session, scope, `STOR ${SUB}/inner`, SMALL);
  return {
    file: { path: `${folder}/small`, content: SMALL },
    big: big ? { path: `${folder}/big`, content } : undefined,
    sub: `${folder}/${SUB}`,
  };
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

function names(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `new-${count}`;
  };
}

/** Removes the folder with what is in it. @returns what is to be told of it, if it is still there */
export async function removePlace(
  target: ServerTarget,
  { folder }: Pick<Place, 'folder'>,
): Promise<string[]> {
  if (folder === undefined) return [];
  // Without the run's signal: what was made is removed, also behind Ctrl-C.
  return inScope(undefined, async (scope) =>
    removed(await ProbeSession.open(target, scope), scope, folder),
  ).catch((error: Error) => [leftBehind(folder, error.message)]);
}

async function removed(session: ProbeSession, scope: Scope, path: string): Promise<string[]> {
  const folder = await entered(session, path);
  if (folder !== undefined) {
    await emptied(session, scope, '');
    await session.command('CDUP');
  }
  const reply = await session.command(`RMD ${folder ?? path}`);
  return reply?.replyCode === 250 ? [] : [leftBehind(folder ?? path, reply?.text ?? 'no reply to RMD')];
}

function leftBehind(folder: string, why: string): string {
  return `${folder} is left on the server: ${why}`;
}

/** More than all cases together make: where there are more, they are not the run's. */
const MOST_NAMES = 500;

/**
 * What is no file is a folder: two levels, for a case makes no more.
 * @throws PreflightError for more than a run makes, and for a server that has ceased to answer
 */
async function emptied(session: ProbeSession, scope: Scope, prefix: string): Promise<void> {
  const list = await transferOnce(session, scope, `NLST${prefix === '' ? '' : ` ${prefix}`}`);
  const found = (list?.toString('latin1') ?? '').split(/\r?\n/).filter((name) => name !== '');
  if (found.length > MOST_NAMES)
    throw new PreflightError(`${found.length} names are in it, more than a run makes`);
  const names = found.map((one) => one.slice(one.lastIndexOf('/') + 1));
  // Nothing above the folder is touched, whatever a listing says is in it.
  for (const name of names.filter((one) => one !== '.' && one !== '..')) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const deleted = await session.commandBytes(`DELE ${path}`);
    if (deleted === undefined) throw new PreflightError('no reply to DELE');
    if (deleted.replyCode === 250) continue;
    if (prefix === '') await emptied(session, scope, name);
    await session.commandBytes(`RMD ${path}`);
  }
}
