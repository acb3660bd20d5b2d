// The server processes of a run: they all serve the block's address and share its data port.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { listenAt } from '../server/control/listening.ts';
import { fillOptions } from '../server/fill-options.ts';
import { type ConnectionShare, createConnectionShare } from '../server/operation/connection-share.ts';
import { checkDataPort, checkRoot } from '../server/preflight.ts';
import {
  type BinderServer,
  type FromServer,
  NO_LIMIT,
  obeyParentAlone,
  optionsOf,
  type ToServer,
  type ToWorker,
  tellParent,
} from './messages.ts';

const ANSWERS: ReadonlySet<FromServer['type']> = new Set(['up', 'opened', 'shut', 'failed']);
const WORKER = fileURLToPath(new URL('./server-worker.js', import.meta.url));

/** Passes each order to every worker and answers once all have answered. */
async function hostWorkers(count: number): Promise<void> {
  const share = createConnectionShare({ maxSessions: NO_LIMIT, maxSessionsPerAddress: NO_LIMIT });
  const workers = Array.from({ length: count }, () => fork(WORKER));
  for (const worker of workers) {
    // Without one worker the block is not what was asked for: the coordinator hears of it and says so.
    worker.once('exit', (code, signal) => {
      const message = `server process ${worker.pid} ended by ${signal ?? `exit ${code}`}`;
      tellParent({ type: 'failed', message });
    });
  }
  await Promise.all(workers.map(answer));
  share.add(...workers);
  process.on('message', orders(workers, share));
  tellParent({ type: 'up', pids: workers.flatMap((worker) => worker.pid ?? []) });
}

function orders(workers: readonly ChildProcess[], share: ConnectionShare): (order: ToServer) => void {
  let control: Server | undefined;

  async function obey(order: ToServer): Promise<void> {
    switch (order.type) {
      case 'open':
        await relay(order, workers);
        control = share.controlServer();
        await takePorts(control, order.spec);
        return tellParent({ type: 'opened' });
      case 'shut':
        control?.close();
        await relay(order, workers);
        return tellParent({ type: 'shut' });
      case 'end':
        return end(workers);
      default:
        return order satisfies never;
    }
  }

  return (order) => {
    obey(order).catch(({ message }: Error) => tellParent({ type: 'failed', message }));
  };
}

async function takePorts(control: Server, spec: BinderServer): Promise<void> {
  const options = fillOptions(optionsOf(spec));
  await checkRoot(options.root);
  const { address, port } = await listenAt(control, spec.server);
  await checkDataPort(options, { address, port: port - 1 });
}

/** @throws an Error with the words of a worker that failed */
async function relay(order: ToWorker, workers: readonly ChildProcess[]): Promise<void> {
  const answers = Promise.all(workers.map(answer));
  for (const worker of workers) worker.send(order, () => {});
  const failed = (await answers).find((one) => one.type === 'failed');
  if (failed !== undefined) throw new Error(failed.message);
}

/** No worker may outlive the run: they are gone before this process is. */
async function end(workers: readonly ChildProcess[]): Promise<void> {
  const alive = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  await Promise.all(
    alive.map((worker) => {
      worker.removeAllListeners('exit');
      worker.kill('SIGKILL');
      return once(worker, 'exit');
    }),
  );
  process.kill(process.pid, 'SIGKILL');
}

/**
 * The worker's next answer to an order: batches of records are passed on as they come. One listener for all, since
 * messages that arrive together are emitted together: `once` in a loop would miss the second.
 */
function answer(worker: ChildProcess): Promise<FromServer> {
  return new Promise((resolve) => {
    const hear = (message: FromServer) => {
      if (message.type === 'records') return tellParent(message);
      if (!ANSWERS.has(message.type)) return; // of its control connections
      worker.off('message', hear);
      resolve(message);
    };
    worker.on('message', hear);
  });
}

obeyParentAlone();
await hostWorkers(Number(process.argv[2]));
