// What must be said beside the numbers: how they were made, what was cut, what is left behind.
import { type Room, socketsWithin } from './bounds.ts';
import type { HolderKind } from './holders.ts';
import type { SeriesResult } from './series.ts';

export const METHOD_NOTES: readonly string[] = [
  'none: a port takes one socket without an option (any other gets EADDRINUSE), so its calls are timed on an empty port only',
  'connect is the whole handshake, both ends of it; eight sockets are bound first and then connected, for right after its own bind a connect pays for the caches that a long walk emptied',
  'growing: by the lower limit of the interval, 10 000 sockets more cost more than the call itself on an empty port; constant: by the upper limit they cost less',
  'IPv4 on loopback; every series has an address of its own',
];

export const LEFT_BEHIND_NOTE =
  'every socket is closed again; those that are left in TIME_WAIT pass by themselves within a minute';

export function stoppedNote(done: number, total: number): string {
  return `stopped after ${done} of ${total} series; the one that was under way is left out`;
}

/** Where fewer sockets could be made than were asked for. */
export function cutNotes(maxSockets: number, room: Room): string[] {
  const open = socketsWithin(maxSockets, 'bound', room);
  const timeWait = socketsWithin(maxSockets, 'time-wait', room);
  return [
    ...(open === maxSockets
      ? []
      : [`bound and connected: up to ${open} sockets instead of ${maxSockets}, for want of descriptors`]),
    ...(timeWait === maxSockets
      ? []
      : [
          `time-wait: up to ${timeWait} sockets instead of ${maxSockets}, for want of room below tcp_max_tw_buckets`,
        ]),
  ];
}

/** Empty for a series that is as it was planned. */
export function seriesNotes({ options, state }: HolderKind, result: SeriesResult): string[] {
  const { missed, claimed, present } = result;
  const name = `${options}, ${state}`;
  return [
    ...(missed === undefined ? [] : [`${name}: ${missed} sockets were not reached in time`]),
    ...(present === null || present >= claimed
      ? []
      : [
          `${name}: at the end the kernel knew only ${present} of ${claimed} sockets; its last points claim too many`,
        ]),
  ];
}
