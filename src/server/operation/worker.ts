// One server process of several: serves what its primary accepts until it is told to stop, or the primary is gone.
import { once } from 'node:events';
import { destination, pino } from 'pino';
import { createAcceptingServer } from '../server.ts';
import { logRecords } from './log-record.ts';
import { takeConnections } from './taker.ts';
import type { WorkerSettings } from './worker-messages.ts';

async function serve({ server: options, logLevel, controlPort }: WorkerSettings): Promise<void> {
  const log = pino({ level: logLevel }, destination({ fd: 2, sync: true }));
  const server = createAcceptingServer({ ...options, log }, controlPort);
  const stopLogging = logRecords(log);
  const leave = takeConnections((socket) => server.accept(socket));
  process.send?.({ type: 'serving' });
  await Promise.race([once(process, 'SIGTERM'), once(process, 'disconnect')]);
  leave();
  await server.close();
  stopLogging();
}

process.on('SIGINT', () => {}); // Ctrl-C reaches the whole process group; the primary decides
const [settings] = await once(process, 'message');
await serve(settings as WorkerSettings);
if (process.connected) process.disconnect();
