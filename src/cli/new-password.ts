// A new password: from a file, from the environment, asked for twice on a terminal, or from standard input. Never an argument.
import { UsageError } from '../errors.ts';
import { readBytesFile, type TextFile } from '../text-file.ts';
import { say } from './output.ts';

/** With its verb it must fit into a command line of FTP, which it must not break. */
const MOST_BYTES = 1000;
const PASSWORD_FILE: TextFile = { what: 'password file', mostBytes: 4096 };

/** The bytes of it; undefined when Ctrl-C was pressed instead. @throws UsageError for what cannot be a password */
export async function readNewPassword(
  name: string,
  passwordFile: string | undefined,
): Promise<Buffer | undefined> {
  if (passwordFile !== undefined)
    return checked(await readBytesFile(passwordFile, PASSWORD_FILE), `'${passwordFile}'`);
  const { PORT20_PASSWORD } = process.env;
  if (PORT20_PASSWORD !== undefined) return checked(Buffer.from(PORT20_PASSWORD), 'PORT20_PASSWORD');
  if (!process.stdin.isTTY) return checked(await beginningOf(process.stdin), 'standard input');
  return askTwice(name);
}

/** All of it, or so much that it is too much: a device has no end. */
async function beginningOf(stream: NodeJS.ReadStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > PASSWORD_FILE.mostBytes) break;
  }
  return Buffer.concat(chunks);
}

function checked(bytes: Buffer, from: string): Buffer {
  const text = bytes.toString('latin1').replace(/\r?\n$/, '');
  if (text === '') throw new UsageError(`there is no password in ${from}`);
  if (/[\r\n\0]/.test(text))
    throw new UsageError(`the password in ${from} has a line break or a NUL in it, which FTP cannot send`);
  if (text.length > MOST_BYTES)
    throw new UsageError(`the password in ${from} has more than ${MOST_BYTES} bytes`);
  return Buffer.from(text, 'latin1');
}

async function askTwice(name: string): Promise<Buffer | undefined> {
  const { stdin } = process;
  stdin.setRawMode(true); // no echo, and Ctrl-C comes as a character
  try {
    const keys = keysOf(stdin);
    const first = await ask(`password of '${name}': `, keys);
    const again = first && (await ask('the same again: ', keys));
    if (first === undefined || again === undefined) return undefined;
    if (!first.equals(again)) throw new UsageError('the two passwords are not the same');
    return checked(first, 'what was typed');
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

async function* keysOf(stream: NodeJS.ReadStream): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield* chunk as string;
}

const [CTRL_C, CTRL_D, CTRL_U] = ['\x03', '\x04', '\x15'];

/** One line. */
async function ask(prompt: string, keys: AsyncGenerator<string>): Promise<Buffer | undefined> {
  process.stderr.write(prompt);
  let typed: string[] = [];
  for (let next = await keys.next(); ; next = await keys.next()) {
    const key = next.done ? CTRL_C : next.value;
    if (key === '\r' || key === '\n' || key === CTRL_D || key === CTRL_C) {
      say('');
      return key === CTRL_C ? undefined : Buffer.from(typed.join(''));
    }
    if (key === '\x7f' || key === '\b') typed.pop();
    else if (key === CTRL_U) typed = [];
    else typed.push(key ?? '');
  }
}
