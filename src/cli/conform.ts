// `port20 conform`: cases of active mode against a server that runs, a daemon of Debian, or our own.

import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Endpoint } from '../address.ts';
import { throwawayCertificate } from '../engine/throwaway-certificate.ts';
import { UsageError } from '../errors.ts';
import { startPeer } from '../peers/peers.ts';
import { conform as conformOf, listCases } from '../probe/conform/conform.ts';
import { freeEndpoint, randomLoopbackAddress } from '../probe/kernel/free-endpoint.ts';
import type { ServerTarget } from '../probe/server/session.ts';
import type { ConformReport } from '../probe/types.ts';
import {
  formatCaseList,
  formatConform,
  formatConformJUnit,
  formatConformMarkdown,
} from '../report/probe/conform.ts';
import { createServer } from '../server/server.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { ConformFlags } from './conform-flags.ts';
import { EXIT } from './exit.ts';
import { untilInterrupted } from './interrupt.ts';
import { print, say, textOptions } from './output.ts';
import { readTarget } from './target.ts';
import { passwordIn } from './targets.ts';

/** @returns 99 when a case breaks, otherwise 0 */
export async function conform(command: Command): Promise<number> {
  const flags: ConformFlags = command.optsWithGlobals();
  if (flags.list) return list(flags);
  const { result: report, interruptedBy } = await untilInterrupted(
    () => 'removing the folder, then stopping',
    async () => {},
    (signal) => withServer(command.args[0], flags, (target, name) => run(target, name, flags, signal)),
  );
  if (report === undefined) return interruptedBy ?? EXIT.unexpected;
  await print(render(report, flags));
  return (
    interruptedBy ?? (report.cases.some(({ verdict }) => verdict === 'breaks') ? EXIT.threshold : EXIT.ok)
  );
}

async function list(flags: ConformFlags): Promise<number> {
  const cases = listCases(flags.only);
  await print(flags.json ? JSON.stringify({ cases }, null, 1) : formatCaseList(cases, textOptions(flags)));
  return EXIT.ok;
}

function run(
  target: ServerTarget,
  name: string | undefined,
  flags: ConformFlags,
  signal: AbortSignal,
): Promise<ConformReport> {
  const watched = !flags.quiet && process.stderr.isTTY;
  return conformOf(target, {
    signal,
    only: flags.only,
    abuse: flags.abuse === true,
    ...(name !== undefined && { name }),
    ...(watched && {
      onProgress: (id, index, total) =>
        say(id === null ? 'removing the folder' : `case ${index} of ${total}: ${id}`),
    }),
  });
}

type Use<T> = (target: ServerTarget, name: string | undefined) => Promise<T>;

async function withServer<T>(url: string | undefined, flags: ConformFlags, use: Use<T>): Promise<T> {
  if (url === undefined) return withRoot((root) => withOwnServer(root, flags, use));
  if (flags.peer !== undefined) throw new UsageError('one server at a time: a URL or --peer');
  const { path, ...target } = await readTarget(url, flags.iOwnThisServer === true);
  const password = (await passwordIn(flags.passwordFile)) ?? target.password;
  return use({ ...target, password, ...(path !== undefined && { path }) }, undefined);
}

/** Not the root itself: vsftpd refuses to serve one that it may write in. */
const UPLOADS = 'uploads/';

/** A root with a folder in it that a daemon of another user can write in, for as long as `use` takes. */
async function withRoot<T>(use: (root: string) => Promise<T>): Promise<T> {
  const { path, remove } = await temporaryFolder('port20-run-', "the server's files");
  try {
    await chmod(path, 0o755);
    await mkdir(join(path, UPLOADS));
    await chmod(join(path, UPLOADS), 0o777);
    return await use(path);
  } finally {
    await remove();
  }
}

async function withOwnServer<T>(root: string, { peer: name, quiet }: ConformFlags, use: Use<T>): Promise<T> {
  const place: Endpoint = {
    address: randomLoopbackAddress(),
    port: freeEndpoint(randomLoopbackAddress).port,
  };
  if (name !== undefined) {
    const onFetch = (what: string) => {
      if (!quiet) say(`fetching ${what}`);
    };
    const peer = await startPeer(name, { server: place, root, onFetch });
    try {
      return await use({ server: peer.server, ...peer.login, path: UPLOADS }, name);
    } finally {
      await peer.stop();
    }
  }
  const server = createServer({
    host: place.address,
    port: place.port,
    root,
    write: true,
    tlsPem: throwawayCertificate(),
  });
  const listening = await server.listen();
  try {
    return await use({ server: listening, user: 'anonymous', password: 'port20@', path: UPLOADS }, 'port20');
  } finally {
    await server.close();
  }
}

function render(report: ConformReport, flags: ConformFlags): string {
  const format = flags.json ? 'json' : flags.format;
  switch (format) {
    case 'text':
      return formatConform(report, textOptions(flags));
    case 'md':
      return formatConformMarkdown(report);
    case 'junit':
      return formatConformJUnit(report);
    case 'json':
      return JSON.stringify(report, null, 1);
    default:
      return format satisfies never;
  }
}
