// What an FTP helper of a translating host does, on the control connection alone: node translator.mjs LISTEN SERVER OWN HOW.
//   port        PORT gets this host's address; EPRT is left as it is
//   both        PORT and EPRT do
//   wrong       PORT and EPRT get this host's address, and a port where nobody is
import net from 'node:net';

const [listen, server, own, how] = process.argv.slice(2);
const place = (text) => {
  const [host, port] = text.split(':');
  return { host, port: Number(port) };
};
const WRONG_PORT = 9;
const port = (high, low) => (how === 'wrong' ? `${39_000 >> 8},${WRONG_PORT}` : `${high},${low}`);

function rewritten(line) {
  const [, high, low] = /^PORT \d+,\d+,\d+,\d+,(\d+),(\d+)$/.exec(line) ?? [];
  if (high !== undefined) return `PORT ${own.replaceAll('.', ',')},${port(high, low)}`;
  const [, at] = /^EPRT \|1\|[\d.]+\|(\d+)\|$/.exec(line) ?? [];
  if (at === undefined || how === 'port') return line;
  return `EPRT |1|${own}|${how === 'wrong' ? 39_009 : at}|`;
}

const proxy = net.createServer((client) => {
  const upstream = net.connect({ ...place(server), localAddress: own });
  let rest = '';
  let sealed = false;
  client.on('data', (chunk) => {
    if (sealed) {
      upstream.write(chunk);
      return;
    }
    const lines = (rest + chunk.toString('latin1')).split('\r\n');
    rest = lines.pop();
    for (const line of lines) upstream.write(`${rewritten(line)}\r\n`);
  });
  upstream.on('data', (chunk) => {
    // What follows is TLS, in which there is nothing to read.
    if (chunk.toString('latin1').startsWith('234')) sealed = true;
    client.write(chunk);
  });
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ])
    one.on('error', () => {}).on('close', () => other.destroy());
});
const { host, port: at } = place(listen);
proxy.listen(at, host, () => process.stderr.write('listening\n'));
