// Starts a program for each connection, as inetd does: node inetd.mjs ADDRESS PORT PROGRAM [ARGUMENT…].
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const [address, port, program, ...args] = process.argv.slice(2);
const server = createServer({ pauseOnConnect: true }, (socket) => {
  spawn(program, args, { stdio: [socket, socket, 'ignore'] });
  socket.destroy(); // the child has its own descriptor
});
server.listen(Number(port), address);
