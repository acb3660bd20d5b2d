// The program of a probe's process: obeys one order after another and keeps what it bound until the probe is gone.
import { contend } from './contest.ts';
import { Lab } from './lab.ts';
import { reconnectWith } from './namespace.ts';
import type { Answers, FromWorker, Order } from './worker-messages.ts';

const lab = new Lab();

async function obey(order: Order): Promise<Answers[Order['type']]> {
  switch (order.type) {
    case 'bind':
      return lab.tryBind(order.local, order.options, { listen: order.listen });
    case 'contend':
      return contend(order.contest);
    case 'reconnect':
      return reconnectWith(order.timestamps);
    default:
      return order satisfies never;
  }
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

// The probe decides when to stop; a Ctrl-C in the terminal reaches the whole process group.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => tell({ type: 'answer', answer }),
    (error: Error) => tell({ type: 'failed', message: error.message }),
  );
});
tell({ type: 'up' });
