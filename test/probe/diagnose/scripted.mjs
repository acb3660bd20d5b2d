// A small FTP server with one fault, as sources on the net have it: node scripted.mjs ADDRESS PORT FAULT[,FAULT].
//   early-226   226 is said before the data
//   no-port     PORT and EPRT are 502
//   refuses     they are refused without a reason, and no address is told
//   ephemeral   data connections from any port
import net from 'node:net';

const [address, portText, faultText = ''] = process.argv.slice(2);
const port = Number(portText);
const faults = faultText.split(',');
const has = (fault) => faults.includes(fault);
const LATE_MS = 400;
const LISTING = '-rw-r--r--    1 0        0              10 Jan 01  2020 small\r\n';

function serve(control) {
  let remote;
  let passive;
  const say = (text) => control.write(`${text}\r\n`);
  const done = (data) => {
    if (!has('early-226')) {
      data.end(LISTING);
      data.on('finish', () => say('226 Done.'));
      return;
    }
    say('226 Done.');
    setTimeout(() => data.end(LISTING), LATE_MS);
  };
  const list = () => {
    if (passive !== undefined) {
      const waiting = passive;
      passive = undefined;
      const take = (data) => {
        data.on('error', () => {});
        say('150 Here it comes.');
        done(data);
        waiting.close();
      };
      if (waiting.early !== undefined) take(waiting.early);
      else waiting.once('connection', take);
      return;
    }
    const from = has('ephemeral') ? {} : { localPort: port - 1 };
    const data = net.connect({ ...remote, localAddress: address, ...from });
    data.on('connect', () => {
      say('150 Here it comes.');
      done(data);
    });
    data.on('error', ({ message }) => say(`425 No data connection: ${message}`));
  };
  const listen = (answer) => {
    const waiting = net.createServer();
    waiting.once('connection', (data) => {
      waiting.early = data;
    });
    waiting.listen(0, address, () => say(answer(waiting.address().port)));
    passive = waiting;
  };
  const verbs = {
    USER: () => say('230 Come in.'),
    TYPE: () => say('200 Fine.'),
    STAT: () => say(has('refuses') ? '211 Fine.' : `211 Connected from ${control.remoteAddress}.`),
    FEAT: () => say('211 None.'),
    PASV: () => listen((at) => `227 Here (${address.replaceAll('.', ',')},${at >> 8},${at & 255}).`),
    EPSV: () => listen((at) => `229 Here (|||${at}|)`),
    LIST: list,
    QUIT: () => control.end('221 Bye.\r\n'),
  };
  if (!has('no-port')) {
    verbs.PORT = (argument) => {
      const numbers = argument.split(',').map(Number);
      remote = { host: numbers.slice(0, 4).join('.'), port: numbers[4] * 256 + numbers[5] };
      say('200 Fine.');
    };
    verbs.EPRT = (argument) => {
      const [, , host, at] = argument.split('|');
      remote = { host, port: Number(at) };
      say('200 Fine.');
    };
  }
  if (has('refuses')) {
    verbs.PORT = () => say('500 Illegal PORT command.');
    verbs.EPRT = () => say('500 Illegal EPRT command.');
  }
  say('220 Scripted.');
  let rest = '';
  control.on('error', () => {});
  control.setEncoding('latin1').on('data', (text) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop();
    for (const line of lines) {
      const [verb, argument = ''] = line.split(' ');
      const known = verbs[verb];
      if (known === undefined) say('502 Not implemented.');
      else known(argument);
    }
  });
}

net.createServer(serve).listen(port, address, () => process.stderr.write('listening\n'));
