// From where and when a user may log in, as pure-pw's columns say: networks of IPv4, and hours of the day.
import { BlockList, isIPv4 } from 'node:net';
import { unmapIPv4 } from '../../address.ts';

export interface Access {
  /** The client's own address, and the server's that it connected to. */
  readonly client: Networks;
  readonly local: Networks;
  readonly hours?: Hours;
}

export interface Networks {
  /** Undefined when all are allowed. */
  readonly allowed: BlockList | undefined;
  readonly refused: BlockList | undefined;
}

/** Hours and minutes as one number, 930 for half past nine; both ends are in it, and it may go over midnight. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** `10.0.0.0/8,127.0.0.1`; undefined for ''. @throws Error that says what is wrong */
export function readNetworks(text: string): BlockList | undefined {
  if (text === '') return undefined;
  const list = new BlockList();
  for (const one of text.split(',')) {
    const [, address = '', bits = '32'] = /^([\d.]+)(?:\/([1-9]|[12]\d|3[0-2]))?$/.exec(one) ?? [];
    if (!isIPv4(address)) throw new Error(`'${one}' is not an address such as 10.0.0.1 or 10.0.0.0/8`);
    list.addSubnet(address, Number(bits), 'ipv4');
  }
  return list;
}

/** `0900-1800`, `2200-600`; undefined for ''. @throws Error that says what is wrong */
export function readHours(text: string): Hours | undefined {
  if (text === '') return undefined;
  const [, from, to] = /^(\d{1,4})-(\d{1,4})$/.exec(text) ?? [];
  const hours = { from: Number(from), to: Number(to) };
  if (Object.values(hours).every((time) => time < 2400 && time % 100 < 60)) return hours;
  throw new Error(`'${text}' is not a time of day such as 0900-1800`);
}

/** Why the login may not be, for the log; undefined when it may. @param now in the host's own time zone */
export function refusedBy(access: Access, client: string, local: string, now: Date): string | undefined {
  if (!within(access.client, client)) return `may not log in from ${client}`;
  if (!within(access.local, local)) return `may not log in at ${local}`;
  const { hours } = access;
  if (hours !== undefined && !during(hours, now)) return 'may not log in at this time of day';
  return undefined;
}

/** As Pure-FTPd has it: an IPv6 address is in no network that the file can name. */
function within({ allowed, refused }: Networks, address: string): boolean {
  const plain = unmapIPv4(address);
  const isIn = (list: BlockList) => isIPv4(plain) && list.check(plain, 'ipv4');
  return (allowed === undefined || isIn(allowed)) && (refused === undefined || !isIn(refused));
}

function during({ from, to }: Hours, now: Date): boolean {
  const time = now.getHours() * 100 + now.getMinutes();
  return from <= to ? from <= time && time <= to : time >= from || time <= to;
}
