// A worker's end of the metrics: tells its primary what it has counted, when asked, now and then, and as it ends.
import type { FromWorker, ToWorker } from '../worker-messages.ts';
import { countRecords, type ProcessMetrics } from './process-metrics.ts';

/** What a worker that is killed has counted since it told of it is lost: at most so much. */
const TELL_EVERY_MS = 1000;

/** Needs the channel of child_process.fork. @returns how to stop, once the last numbers are sent */
export function tellMetrics(lost: Readonly<Record<string, () => number>>): () => Promise<void> {
  const metrics = countRecords(lost);
  let toldVersion = -1;

  async function tell(id?: number): Promise<void> {
    toldVersion = metrics.version;
    await send({ type: 'metrics', ...(id !== undefined && { id }), snapshot: await metrics.snapshot() });
  }

  const onMessage = (message: ToWorker) => {
    if (message.type === 'metrics') void tell(message.id);
  };
  process.on('message', onMessage);
  const timer = setInterval(() => hasNews(metrics, toldVersion) && void tell(), TELL_EVERY_MS).unref();
  void tell();
  return async () => {
    clearInterval(timer);
    process.off('message', onMessage);
    await tell();
    metrics.stop();
  };
}

function hasNews({ version }: ProcessMetrics, toldVersion: number): boolean {
  return version !== toldVersion;
}

function send(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, {}, () => resolve());
    else resolve();
  });
}
