// Subscribing to one of the server's diagnostics channels, with the type of what comes on it.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** @returns how to stop */
export function follow<Record>(channel: string, listener: (record: Record) => void): () => void {
  const onMessage = (message: unknown) => listener(message as Record);
  subscribe(channel, onMessage);
  return () => void unsubscribe(channel, onMessage);
}
