// The load generator process: logs its sessions in, runs the load when told to, and reports attempts as they end.

import { type Load, prepareLoad } from '../load/load.ts';
import type { Attempt } from '../result/attempt.ts';
import { obeyParentAlone, type ToGenerator, tellParent } from './messages.ts';

/** Attempts are sent together: often enough that progress is seen, seldom enough that messages cost nothing. */
const SEND_EVERY_MS = 100;

let load: Load | undefined;

async function obey(message: ToGenerator): Promise<void> {
  switch (message.type) {
    case 'log-in':
      load = await prepareLoad(message.load);
      return tellParent({ type: 'ready' });
    case 'go':
      return runLoad(message.startMs);
    case 'stop':
      return load?.stop(message.graceMs);
    default:
      return message satisfies never;
  }
}

async function runLoad(startMs: number): Promise<void> {
  if (load === undefined) throw new Error('told to go before it had logged in');
  let batch: Attempt[] = [];
  const send = () => {
    if (batch.length > 0) tellParent({ type: 'attempts', attempts: batch });
    batch = [];
  };
  const sending = setInterval(send, SEND_EVERY_MS);
  try {
    const done = await load.run(startMs, (attempt) => batch.push(attempt));
    send();
    tellParent({ type: 'done', ...done });
  } finally {
    clearInterval(sending);
  }
}

obeyParentAlone();
process.on('message', (message: ToGenerator) => {
  obey(message).catch((error: Error) => tellParent({ type: 'failed', message: error.message }));
});
tellParent({ type: 'up' });
