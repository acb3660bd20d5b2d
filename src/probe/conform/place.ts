// Where a run works: a folder of its own on the server, with two files in it, removed with all that came into it.
import { randomBytes } from 'node:crypto';
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
  return inScope(signal, async (scope) => {
    const session = await ProbeSession.open(target, scope);
    const { path } = target;
    const within = path?.endsWith('/') ? path : undefined;
    if (within !== undefined) await session.command(`CWD ${within}`);
    const name = `port20-conform-${randomBytes(6).toString('hex')}`;
    const made = await session.command(`MKD ${name}`);
    const known =
      within === undefined && path !== undefined ? { path: absolute(path), content: undefined } : undefined;
    const nothing = { folder: undefined, sub: undefined, big: undefined, file: known, newName: names() };
    if (made?.replyCode !== 257)
      return { ...nothing, why: `MKD was answered with ${made?.text ?? 'nothing'}` };
    await session.command(`CWD ${name}`);
    const folder = /"((?:[^"]|"")*)"/
      .exec((await session.command('PWD'))?.text ?? '')?.[1]
      ?.replaceAll('""', '"');
    if (folder === undefined) return { ...nothing, why: 'PWD did not tell the folder' };
    const place = { ...nothing, folder, why: '' };
    if ((await transferOnce(session, scope, 'STOR small', SMALL)) === undefined) {
      await session.command('CDUP');
      await session.command(`RMD ${folder}`);
      return { ...nothing, why: 'a file could not be uploaded' };
    }
    return { ...place, ...(await filled(session, scope, folder)) };
  });
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
export async function removePlace(target: ServerTarget, { folder }: Place): Promise<string[]> {
  if (folder === undefined) return [];
  // Without the run's signal: what was made is removed, also behind Ctrl-C.
  return inScope(undefined, async (scope) => {
    const session = await ProbeSession.open(target, scope);
    await session.command(`CWD ${folder}`);
    await emptied(session, scope, '');
    await session.command('CDUP');
    const removed = await session.command(`RMD ${folder}`);
    return removed?.replyCode === 250
      ? []
      : [`${folder} is left on the server: ${removed?.text ?? 'no reply to RMD'}`];
  }).catch((error: Error) => [`${folder} is left on the server: ${error.message}`]);
}

/** What is no file is a folder: two levels, for a case makes no more. */
async function emptied(session: ProbeSession, scope: Scope, prefix: string): Promise<void> {
  const list = await transferOnce(session, scope, `NLST${prefix === '' ? '' : ` ${prefix}`}`);
  const found = (list?.toString('latin1') ?? '').split(/\r?\n/).filter((name) => name !== '');
  const names = found.map((one) => one.slice(one.lastIndexOf('/') + 1));
  // Nothing above the folder is touched, whatever a listing says is in it.
  for (const name of names.filter((one) => one !== '.' && one !== '..')) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const deleted = await session.commandBytes(`DELE ${path}`);
    if (deleted?.replyCode === 250) continue;
    if (prefix === '') await emptied(session, scope, name);
    await session.commandBytes(`RMD ${path}`);
  }
}
