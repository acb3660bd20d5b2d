import { DataConnectionError } from 'port20';
import { createBinder } from 'port20/binder';

const binder = createBinder('reuse-port', { retry: 'none' });
const bound = await binder.bind({ address: '127.0.0.1', port: 2120 });
const socket = await bound.connect({ address: '127.0.0.1', port: 5000 }).catch((error) => {
  if (error instanceof DataConnectionError) console.log(error.phase, error.code, error.bindCalls);
  throw error;
});
socket.destroy();
