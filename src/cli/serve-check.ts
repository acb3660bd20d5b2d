// `serve --check`: everything that can be known of a service without serving, and what it would serve.
import { accessSync, constants, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { errorCodeOf, PreflightError } from '../errors.ts';
import { openFileOutput } from '../net/output.ts';
import { listenAt } from '../server/control/listening.ts';
import { fillOptions } from '../server/fill-options.ts';
import { orPreflightError } from '../server/operation/log.ts';
import type { ServerOptions } from '../server/options.ts';
import { checkDataPorts, checkRoot } from '../server/preflight.ts';
import { prepareFilesAlone } from '../server/prepare-files.ts';
import { targetOfLinks } from './files.ts';

/** What is not the server's, but its process's. */
export interface ServiceFlags {
  readonly metrics?: Endpoint;
  readonly logFile?: string;
  readonly xferlog?: string;
}

/**
 * The root, the ports and the logs by trying; nobody is served meanwhile. A control port in use is no failure, since a service
 * that is to be reloaded has it (nginx -t sees it so, too).
 * @returns what there is to say besides: of the control port, and of the users file @throws UsageError, PreflightError
 */
export async function checkService(options: ServerOptions, files: ServiceFlags): Promise<readonly string[]> {
  const filled = fillOptions(options);
  await checkRoot(filled.root);
  const taken: string[] = [];
  for (const wanted of filled.listen) if (await isInUse(wanted)) taken.push(formatEndpoint(wanted));
  const { metrics } = files;
  if (metrics !== undefined && (await metricsInUse(metrics))) taken.push(formatEndpoint(metrics));
  await checkLogs(files);
  await checkDataPorts(
    filled,
    filled.listen.filter(({ port }) => port > 0 || filled.dataPort !== undefined),
  );
  const { warnings: notes } = await prepareFilesAlone(filled);
  if (taken.length === 0) return notes;
  const are = taken.length === 1 ? 'is' : 'are';
  return [
    ...notes,
    `${taken.join(' and ')} ${are} in use now: by this service if it runs already, else nothing can be served there`,
  ];
}

/** @throws PreflightError */
async function checkLogs({ logFile, xferlog }: ServiceFlags): Promise<void> {
  if (logFile !== undefined) await checkLog(`log file '${logFile}'`, logFile);
  if (xferlog !== undefined) await checkLog(`transfer log '${xferlog}'`, xferlog);
}

/** Makes no file where there is none: a service that runs may be about to. */
async function checkLog(what: string, path: string): Promise<void> {
  const target = await targetOfLinks(path);
  orPreflightError(what, () => {
    if (existsSync(path) || path.endsWith('/')) openFileOutput(path).close();
    else accessSync(dirname(target), constants.W_OK | constants.X_OK);
  });
}

async function metricsInUse(wanted: Endpoint): Promise<boolean> {
  try {
    return await isInUse(wanted);
  } catch (cause) {
    throw new PreflightError(`metrics cannot be served: ${(cause as Error).message}`, { cause });
  }
}

async function isInUse(wanted: Endpoint): Promise<boolean> {
  const trial = createServer();
  try {
    await listenAt(trial, wanted);
    return false;
  } catch (error) {
    if (errorCodeOf((error as Error).cause) === 'EADDRINUSE') return true;
    throw error;
  } finally {
    trial.close();
  }
}
