// basic-ftp at work for tls.mjs, which says on standard input what it is to do; active mode is ours.
import { text } from 'node:stream/consumers';
import { Client } from 'basic-ftp';
import { activeMode } from '../../dist/doors/client.js';

const { host, port, mode, kind, count, version, USER, PASSWORD } = JSON.parse(await text(process.stdin));
const client = new Client(20_000);
if (mode === 'active') client.prepareTransfer = activeMode();
const limits = version ? { minVersion: `TLSv${version}`, maxVersion: `TLSv${version}` } : {};
try {
  await client.access({
    ...{ host, port, user: USER, password: PASSWORD },
    secure: kind === 'implicit' ? 'implicit' : true,
    secureOptions: { rejectUnauthorized: false, ...limits },
  });
  for (let number = 1; number <= count; number++) {
    await client.downloadTo(`d${number}`, 'f');
    await client.uploadFrom('f', `u${number}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  client.close();
}
