// As little of an FTP server as answers the load generator: what the generator does against it is the most that it can do.
// node sink.mjs ADDRESS PORT; `main.mjs --sink` puts it beside the servers.
import {
  accept,
  close,
  connectTo,
  discard,
  EPOLLIN,
  EPOLLOUT,
  Epoll,
  endWriting,
  LATER,
  listenAt,
  noDelay,
  receive,
  send,
} from './generator/calls.mjs';

const [address, port] = process.argv.slice(2);
const CONTENT = '0123456789';
const ANSWERS = { USER: '230 In.\r\n', TYPE: '200 Binary.\r\n', NOOP: '200 Here.\r\n' };
const lines = Buffer.alloc(4096);
const epoll = new Epoll();
const listener = listenAt(address, Number(port));

epoll.watch(listener.fd, EPOLLIN, () => {
  const fd = accept(listener.fd);
  if (fd === LATER) return;
  noDelay(fd);
  say(fd, '220 Sink.\r\n');
  let client;
  epoll.watch(fd, EPOLLIN, () => {
    const line = readLine(fd);
    if (line === LATER) return;
    if (line === undefined) return close(fd);
    const verb = line.slice(0, 4);
    if (verb === 'PORT') {
      client = hostPort(line.slice(5));
      say(fd, '200 Noted.\r\n');
    } else if (verb === 'RETR' || verb === 'STOR') transfer(fd, client, verb === 'RETR');
    else say(fd, ANSWERS[verb]);
  });
});

/** A command comes in one packet: the generator sends it in one write, and waits for its reply. */
function readLine(fd) {
  try {
    const bytes = receive(fd, lines);
    if (bytes === LATER) return LATER;
    return bytes === 0 ? undefined : lines.latin1Slice(0, bytes);
  } catch {
    return undefined;
  }
}

function hostPort(text) {
  const numbers = text.trim().split(',').map(Number);
  return { address: numbers.slice(0, 4).join('.'), port: numbers[4] * 256 + numbers[5] };
}

function transfer(fd, client, sends) {
  const data = connectTo(client.address, client.port, address);
  const over = () => {
    close(data);
    say(fd, '226 Done.\r\n');
  };
  epoll.watch(data, sends ? EPOLLOUT : EPOLLIN, () => {
    if (!sends) {
      if (readAway(data) === 0) over();
      return;
    }
    say(data, CONTENT);
    endWriting(data);
    over();
  });
  say(fd, '150 Now.\r\n');
}

function readAway(fd) {
  try {
    return discard(fd, 1024 * 1024);
  } catch {
    return 0; // reset: the generator has ended its session in mid-transfer
  }
}

function say(fd, text) {
  try {
    send(fd, Buffer.from(text, 'latin1'));
  } catch {
    // likewise
  }
}

process.once('disconnect', () => process.exit());
for (;;) {
  epoll.turn(100);
  if (process.ppid === 1) break; // nobody is left to answer to
}
