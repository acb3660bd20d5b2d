// What one server tells its program: its records, of all that this process publishes, to whoever listens.
import { LOGIN_CHANNEL, type LoginRecord } from './control/login-record.ts';
import { REFUSAL_CHANNEL, type RefusalRecord } from './control/refusal-record.ts';
import {
  SESSION_CHANNEL,
  type SessionBegun,
  type SessionEnded,
  type SessionRecord,
} from './control/session-record.ts';
import { DATA_CONNECTION_CHANNEL, type DataConnectionRecord } from './data/record.ts';
import { FILE_CHANGE_CHANNEL, type FileChangeRecord } from './files/change-record.ts';
import { follow } from './operation/follow.ts';

/** What each listener of `FtpServer.on` is given, by the event's name. */
export interface ServerEvents {
  sessionBegin: SessionBegun;
  sessionEnd: SessionEnded;
  /** Refused ones, too: `outcome` says which. */
  login: LoginRecord;
  /** A data connection that is over, however it ended, listings among them. */
  transfer: DataConnectionRecord;
  /** A file that is there as a whole now, by STOR, APPE or STOU; its client has not been told yet. */
  upload: DataConnectionRecord;
  /** A file or folder that was changed, made or removed, or was not to be. */
  fileChange: FileChangeRecord;
  /** A command on a file, or one for a data connection, that was refused before there was one. */
  refusal: RefusalRecord;
}

type EventName = keyof ServerEvents;
type Published = SessionRecord | LoginRecord | DataConnectionRecord | FileChangeRecord | RefusalRecord;

interface Source {
  readonly channel: string;
  /** Which of the channel's records are of the event; all of them unless set. */
  is?(record: Published): boolean;
}

const SOURCES: Readonly<Record<EventName, Source>> = {
  sessionBegin: { channel: SESSION_CHANNEL, is: (record) => (record as SessionRecord).kind === 'begun' },
  sessionEnd: { channel: SESSION_CHANNEL, is: (record) => (record as SessionRecord).kind === 'ended' },
  login: { channel: LOGIN_CHANNEL },
  transfer: { channel: DATA_CONNECTION_CHANNEL },
  upload: { channel: DATA_CONNECTION_CHANNEL, is: (record) => isUpload(record as DataConnectionRecord) },
  fileChange: { channel: FILE_CHANGE_CHANNEL },
  refusal: { channel: REFUSAL_CHANNEL },
};

export type ServerListener<Name extends EventName> = (record: ServerEvents[Name]) => void;

/** Nothing is published for an event that nobody listens to. */
export class EventsOf {
  readonly #server: number;
  readonly #stops = new Map<EventName, Map<unknown, () => void>>();

  /** @param server whose number the records have */
  constructor(server: number) {
    this.#server = server;
  }

  /** Once for each listener, however often it is said. */
  on<Name extends EventName>(name: Name, listener: ServerListener<Name>): void {
    const { channel, is } = SOURCES[name];
    this.off(name, listener);
    const stop = follow(channel, (record: Published) => {
      if (record.server === this.#server && is?.(record) !== false) listener(record as ServerEvents[Name]);
    });
    this.#of(name).set(listener, stop);
  }

  off<Name extends EventName>(name: Name, listener: ServerListener<Name>): void {
    this.#of(name).get(listener)?.();
    this.#of(name).delete(listener);
  }

  close(): void {
    for (const stops of this.#stops.values()) for (const stop of stops.values()) stop();
    this.#stops.clear();
  }

  #of(name: EventName): Map<unknown, () => void> {
    const stops = this.#stops.get(name) ?? new Map();
    this.#stops.set(name, stops);
    return stops;
  }
}

function isUpload({ direction, outcome }: DataConnectionRecord): boolean {
  return direction === 'in' && outcome.kind === 'completed';
}
