import { createServer } from 'port20/server';

const server = createServer({ root: './pub', write: true });
server.on('login', ({ user, peer, outcome }) => console.log(outcome.kind, user, peer.address));
server.on('upload', ({ user, path, bytes, change }) => console.log(user, change, path, bytes));
