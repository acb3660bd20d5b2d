// One page that watches: it gets the newest message of each kind, and what it does not read is not kept for it.
import type { ServerResponse } from 'node:http';
import type { EventName, Message } from './messages.ts';

export interface EventStream {
  /** While the socket is full, the message waits for it to drain, and a newer one of its kind takes its place. */
  send(message: Message): void;
  /** Sent only if there is room. */
  beat(bytes: Buffer): void;
  end(last: Message): void;
}

/** `response`: with its head written. */
export function createEventStream(response: ServerResponse): EventStream {
  const waiting = new Map<EventName, Message>();
  let room = true;

  // What is buffered is at most one message, as bytes that all streams share, and one of each kind waits behind it.
  function flush(): void {
    for (const [event, { bytes }] of waiting) {
      if (!room) return;
      waiting.delete(event);
      room = response.write(bytes);
    }
  }

  response.on('drain', () => {
    room = true;
    flush();
  });
  return {
    send(message) {
      waiting.set(message.event, message);
      flush();
    },
    beat(bytes) {
      if (room) room = response.write(bytes);
    },
    end(last) {
      room = true;
      waiting.delete('progress');
      flush();
      response.end(last.bytes);
    },
  };
}
