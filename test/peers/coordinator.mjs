// Starts a peer and says so on its standard output: node coordinator.mjs NAME ADDRESS PORT ROOT. It stays until killed.
import { readlinkSync } from 'node:fs';
import { startPeer } from '../../dist/peers/peers.js';
import { descendantsOf } from '../../dist/peers/process-tree.js';

const [name, address, port, root] = process.argv.slice(2);
try {
  const peer = await startPeer(name, { server: { address, port: Number(port) }, root });
  // Left over when this process is killed: for the test to remove.
  const folder = readlinkSync(`/proc/${descendantsOf(process.pid)[0]}/cwd`);
  console.log(JSON.stringify({ pids: peer.pids(), folder }));
  process.stdin.resume();
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
