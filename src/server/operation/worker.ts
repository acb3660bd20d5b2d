// One server process of several: serves what its primary accepts until it is told to stop, or the primary is gone.
import { once } from 'node:events';
import { outliveLostTerminal } from '../../lost-terminal.ts';
import { createAcceptingServer } from '../server.ts';
import { parseUsers, type Users } from '../users/users-file.ts';
import { ledgerOfPrimary } from './login-messages.ts';
import { observe } from './observers.ts';
import { RemoteLedger } from './remote-ledger.ts';
import { takeConnections } from './taker.ts';
import type { ToWorker, WorkerSettings } from './worker-messages.ts';

function usersOf({ usersText, server }: Pick<WorkerSettings, 'usersText' | 'server'>): Users | undefined {
  return usersText === undefined ? undefined : parseUsers(usersText, server.usersFile ?? '');
}

async function serve(settings: WorkerSettings): Promise<void> {
  const { server: options, metrics } = settings;
  const observers = observe(settings);
  const { log } = observers;
  let { graceMs } = settings;
  // Here and not above: who does not ask for metrics does not load them.
  const counting = metrics
    ? (await import('./metrics/worker-metrics.ts')).tellMetrics(observers.lost)
    : undefined;
  const shared = { quotas: new RemoteLedger(), ledger: ledgerOfPrimary(), users: usersOf(settings) };
  const server = createAcceptingServer({ ...options, log }, shared);
  process.on('message', (message: ToWorker) => {
    if (message.type === 'reopen-logs') observers.reopen();
    if (message.type !== 'reload') return;
    server.change({ ...message.server, log }, { users: usersOf(message) });
    observers.setLevel(message.logLevel);
    graceMs = message.graceMs;
  });
  const leave = takeConnections((socket) => server.accept(socket));
  process.send?.({ type: 'serving' });
  const told = new Promise((resolve) => process.on('SIGTERM', resolve)); // told again, as by systemd, is told once
  const orphaned = once(process, 'disconnect');
  await Promise.race([told, orphaned]);
  leave();
  void orphaned.then(() => server.close()); // at once: the service is over
  await server.close({ graceMs: process.connected ? graceMs : 0 });
  await counting?.();
  observers.close();
}

// They reach the whole process group; the primary decides what they mean.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.once('message', async (settings: WorkerSettings) => {
  await serve(settings);
  if (process.connected) process.disconnect();
  outliveLostTerminal();
});
