// One server process of several: serves what its primary accepts until it is told to stop, or the primary is gone.
import { once } from 'node:events';
import { createAcceptingServer } from '../server.ts';
import { observe } from './observers.ts';
import { takeConnections } from './taker.ts';
import type { ToWorker, WorkerSettings } from './worker-messages.ts';

async function serve(settings: WorkerSettings): Promise<void> {
  const { server: options, controlPort, metrics } = settings;
  const observers = observe(settings);
  process.on('message', ({ type }: ToWorker) => type === 'reopen-logs' && observers.reopen());
  // Here and not above: who does not ask for metrics does not load them.
  const counting = metrics
    ? (await import('./metrics/worker-metrics.ts')).tellMetrics(observers.lost)
    : undefined;
  const server = createAcceptingServer({ ...options, log: observers.log }, controlPort);
  const leave = takeConnections((socket) => server.accept(socket));
  process.send?.({ type: 'serving' });
  await Promise.race([once(process, 'SIGTERM'), once(process, 'disconnect')]);
  leave();
  await server.close();
  await counting?.();
  observers.close();
}

process.on('SIGINT', () => {}); // Ctrl-C reaches the whole process group; the primary decides
const [settings] = await once(process, 'message');
await serve(settings as WorkerSettings);
if (process.connected) process.disconnect();
