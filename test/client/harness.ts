// Clients in active mode against a scripted responder; whatever a test opens is closed after it.
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Client } from 'basic-ftp';
import { activeMode } from '../../src/client/basic-ftp/active-mode.ts';
import type { ActiveModeOptions } from '../../src/client/options.ts';
import { type Responder, type ResponderOptions, type Scripts, startResponder } from './responder.ts';

const opened: (() => unknown)[] = [];

/** For `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close();
}

export function onClose(close: () => unknown): void {
  opened.push(close);
}

export async function responder(scripts: Scripts, options: ResponderOptions = {}): Promise<Responder> {
  const started = await startResponder(scripts, options);
  onClose(started.close);
  return started;
}

/** A logged-in client; `timeoutMs` is basic-ftp's own. */
export async function clientOf(
  { endpoint }: Responder,
  options: ActiveModeOptions = {},
  timeoutMs = 30_000,
): Promise<Client> {
  const client = new Client(timeoutMs);
  onClose(() => client.close());
  client.prepareTransfer = activeMode(options);
  client.availableListCommands = ['LIST'];
  await client.connect(endpoint.address, endpoint.port);
  await client.login();
  return client;
}

export async function clientFor(scripts: Scripts, options: ActiveModeOptions = {}): Promise<Client> {
  return clientOf(await responder(scripts), options);
}

export async function download(client: Client, path = 'file', startAt = 0): Promise<Buffer> {
  const sink = new PassThrough();
  const [content] = await Promise.all([buffer(sink), client.downloadTo(sink, path, startAt)]);
  return content;
}

export async function upload(client: Client, content: Buffer, path = 'file'): Promise<number> {
  return (await client.uploadFrom(Readable.from([content]), path)).code;
}

/** What `promise` rejects with; a promise that resolves is a mistake of the test. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: unknown }> {
  const outcome = await promise.then(
    () => new Error('resolved'),
    (error: Error) => error,
  );
  return outcome;
}

export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
