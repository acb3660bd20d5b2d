// Urgent data on the control connection, as clients send it when they break off a transfer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { serving } from '../serving.ts';

/** Node has no MSG_OOB: Python's ftplib sends `ABOR\r\n` so, and so does this. */
const PROGRAM = `
import socket, sys
s = socket.create_connection((sys.argv[1], 2121))
f = s.makefile('rb')
def reply(): print(f.readline().decode().strip())
reply()
s.sendall(b'USER anonymous\\r\\n'); reply()
for urgent in [b'ABOR\\r\\n'], [b'\\xff\\xf4\\xff', b'\\xf2ABOR\\r\\n'], [b'\\xff\\xf4', b'\\xff\\xf2', b'ABOR\\r\\n']:
    for part in urgent: s.sendall(part, socket.MSG_OOB)
    reply()
s.sendall(b'NOOP\\r\\n'); reply()
`;

const python = spawn('python3', ['-c', '']).on('error', () => {});
const [status] = await Promise.race([once(python, 'exit'), once(python, 'error').then(() => [1])]).catch(
  () => [1],
);

(status === 0 ? it : it.skip)('ABOR is understood wherever the urgent mark is', () =>
  serving({}, async ({ address, root }) => {
    await writeFile(join(root, 'program.py'), PROGRAM);
    const child = spawn('python3', [join(root, 'program.py'), address.address], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    await once(child, 'close');
    expect(said.match(/^\d{3}/gm)).toEqual(['220', '230', '226', '226', '226', '200']);
  }),
);
