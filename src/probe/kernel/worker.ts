// The program of a probe's process: obeys one order after another and keeps what it bound until the probe is gone.
import { contend } from './contest.ts';
import { Lab, type Listener } from './lab.ts';
import { reconnectWith } from './namespace.ts';
import { listenAcross, transfersAcross } from './two-namespaces.ts';
import type { Answers, FromWorker, Order } from './worker-messages.ts';

const lab = new Lab();
let listener: Listener | undefined;

async function obey(order: Order): Promise<Answers[Order['type']]> {
  switch (order.type) {
    case 'bind':
      return lab.tryBind(order.local, order.options, { listen: order.listen });
    case 'contend':
      return contend(order.contest);
    case 'reconnect':
      return reconnectWith(order.timestamps);
    case 'transfers-across':
      return transfersAcross(lab, order.timestamps).catch((error: Error) => ({
        problem: lastLine(error.message),
      }));
    case 'listen-across':
      listener = listenAcross(lab, order.timestamps);
      return listener.endpoint;
    case 'close-accepted':
      if (listener === undefined) return false;
      lab.accept(listener.socket).close();
      return true;
    default:
      return order satisfies never;
  }
}

/** Of a program that failed: what it said last. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
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
