// All pages that watch: what goes to each of them, and the timers, which run only while there are any.
import type { ServerResponse } from 'node:http';
import { createEventStream, type EventStream } from './event-stream.ts';
import { HEARTBEAT, type Message, RETRY_AFTER } from './messages.ts';

export interface StreamsOptions {
  readonly progressEveryMs: number;
  readonly heartbeatEveryMs: number;
  /** Asked for on every connection, and then as often as above. */
  readonly progress: () => Message;
}

export interface Streams {
  readonly size: () => number;
  /** `response`: with its head written; `first`: what this page alone has to be told. */
  add(response: ServerResponse, first: readonly Message[]): void;
  send(message: Message): void;
  end(last: Message): void;
}

export function createStreams({ progressEveryMs, heartbeatEveryMs, progress }: StreamsOptions): Streams {
  const streams = new Set<EventStream>();
  let timers: readonly NodeJS.Timeout[] = [];

  const send = (message: Message) => {
    for (const stream of streams) stream.send(message);
  };
  const beat = () => {
    for (const stream of streams) stream.beat(HEARTBEAT);
  };
  const start = () => {
    timers = [setInterval(() => send(progress()), progressEveryMs), setInterval(beat, heartbeatEveryMs)];
  };
  const remove = (stream: EventStream) => {
    streams.delete(stream);
    if (streams.size > 0) return;
    timers.forEach(clearInterval);
    timers = [];
  };

  return {
    size: () => streams.size,
    send,
    add(response, first) {
      const stream = createEventStream(response);
      response.on('close', () => remove(stream));
      if (streams.size === 0) start();
      streams.add(stream);
      stream.beat(RETRY_AFTER);
      for (const message of [progress(), ...first]) stream.send(message);
    },
    end(last) {
      for (const stream of [...streams]) {
        stream.end(last);
        remove(stream);
      }
    },
  };
}
