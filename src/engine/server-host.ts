// The server processes of a run: a cluster whose workers all serve the block's address and share its data port.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { type FromServer, obeyParentAlone, type ToServer, type ToWorker, tellParent } from './messages.ts';
import { serveBlocks } from './server-worker.ts';

/** Passes each order to every worker and answers once all have answered. */
async function hostWorkers(count: number): Promise<void> {
  const workers = Array.from({ length: count }, () => cluster.fork());
  // Without one worker the block is not what was asked for: the coordinator sees this process end and says so.
  cluster.on('exit', (worker, code, signal) => {
    if (worker.exitedAfterDisconnect) return;
    tellParent({
      type: 'failed',
      message: `server process ${worker.process.pid} ended by ${signal ?? `exit ${code}`}`,
    });
  });
  await Promise.all(workers.map(answer));
  process.on(
    'message',
    (order: ToServer) => void (order.type === 'end' ? end(workers) : relay(order, workers)),
  );
  tellParent({ type: 'up', pids: workers.flatMap((worker) => worker.process.pid ?? []) });
}

async function relay(order: ToWorker, workers: readonly Worker[]): Promise<void> {
  const answers = Promise.all(workers.map(answer));
  for (const worker of workers) worker.send(order, () => {});
  const received = await answers;
  const failed = received.find((one) => one.type === 'failed');
  if (failed !== undefined) return tellParent(failed);
  tellParent(order.type === 'open' ? { type: 'opened' } : { type: 'shut' });
}

/** No worker may outlive the run: they are gone before this process is. */
async function end(workers: readonly Worker[]): Promise<void> {
  cluster.removeAllListeners('exit');
  const alive = workers.filter((worker) => !worker.isDead());
  await Promise.all(
    alive.map((worker) => {
      worker.process.kill('SIGKILL');
      return once(worker, 'exit');
    }),
  );
  process.kill(process.pid, 'SIGKILL');
}

/**
 * The worker's next message that is no batch of records: those are passed on as they come. One listener for all, since
 * messages that arrive together are emitted together: `once` in a loop would miss the second.
 */
function answer(worker: Worker): Promise<FromServer> {
  return new Promise((resolve) => {
    const hear = (message: FromServer) => {
      if (message.type === 'records') return tellParent(message);
      worker.off('message', hear);
      resolve(message);
    };
    worker.on('message', hear);
  });
}

obeyParentAlone();
if (cluster.isPrimary) {
  await hostWorkers(Number(process.argv[2]));
} else {
  serveBlocks();
}
