// A browser's part in the tests: plain requests, and a stream of server-sent events that is read message by message.
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { setImmediate } from 'node:timers/promises';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function ask(url: string, asked: Asked = {}): Promise<Answer> {
  const response = await head(url, asked);
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}

export interface Event {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

export interface Watcher {
  /** The next message, or the next of that kind; rejects where the stream ends before. Comments have the event `:`. */
  next(kind?: string): Promise<Event>;
  /** All that is left, up to the end of the stream. */
  rest(): Promise<Event[]>;
  leave(): void;
}

export async function watch(url: string, headers: Asked['headers'] = {}): Promise<Watcher> {
  const response = await head(url, { headers });
  const messages = eventsOf(response);
  const next = async (kind?: string): Promise<Event> => {
    for (;;) {
      const { value, done } = await messages.next();
      if (done) throw new Error(`the stream ended before ${kind ?? 'another message'}`);
      if (kind === undefined ? value.event !== ':' : value.event === kind) return value;
    }
  };
  return {
    next,
    async rest() {
      const all: Event[] = [];
      for await (const message of messages) all.push(message);
      return all;
    },
    leave: () => void response.destroy(),
  };
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<Event, undefined> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield eventOf(block);
  }
  return undefined;
}

function eventOf(block: string): Event {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  return {
    event: field('event') ?? ':',
    id: field('id'),
    data: data === undefined ? undefined : JSON.parse(data),
  };
}

function head(url: string, { method = 'GET', headers = {} }: Asked): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, resolve).once('error', reject).end();
  });
}

/** Lets the event loop turn until it is so; the test's own time limit ends it where it never is. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setImmediate();
}
