import { Client } from 'basic-ftp';
import { activeMode } from 'port20/client';
import { createServer } from 'port20/server';

const server = createServer({ host: '127.0.0.1', port: 0, root: '.', binder: 'reuse-port' });
const { address, port } = await server.listen();
const client = new Client();
client.prepareTransfer = activeMode({ expectSourcePort: 'default' });
await client.access({ host: address, port });
await client.downloadTo('fetched.json', 'package.json');
client.close();
await server.close();
