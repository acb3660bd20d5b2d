// Server-sent events as bytes (HTML Standard §9.2.5): encoded once, sent to every page.

/** `over`: the run is; `reload`: the page belongs to another run that was here before. */
export type EventName = 'progress' | 'report' | 'over' | 'reload';

export interface Message {
  readonly event: EventName;
  readonly bytes: Buffer;
}

/** JSON has no line breaks, so that one data line is enough. `id` comes back from a page that connects again. */
export function eventMessage(event: EventName, data: unknown, id?: string): Message {
  const lines = [
    ...(id === undefined ? [] : [`id: ${id}`]),
    `event: ${event}`,
    `data: ${JSON.stringify(data)}`,
  ];
  return { event, bytes: Buffer.from(`${lines.join('\n')}\n\n`) };
}

/** How long a page waits before it connects again. */
export const RETRY_AFTER = Buffer.from('retry: 2000\n\n');

/** A comment, which a page takes no notice of. */
export const HEARTBEAT = Buffer.from(':\n\n');
