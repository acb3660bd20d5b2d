// The sockets on one local address and port, asked of Linux by sock_diag(7): the kernel filters, which is quick.
import { setImmediate } from 'node:timers/promises';
import type { Endpoint } from '../address.ts';
import type { SocketConstants } from './constants.ts';
import { SystemCallError } from './descriptor.ts';
import { type Libc, libc } from './libc.ts';
import { encodeSockaddr, formatIPv6 } from './sockaddr.ts';
import type { TableRow } from './table-row.ts';
import { stateMask, TCP_STATES, type TcpState } from './tcp-states.ts';

// include/uapi/linux/netlink.h, sock_diag.h, inet_diag.h
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST_AND_DUMP = 0x301;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const HEADER_BYTES = 16;
const MESSAGE_BYTES = HEADER_BYTES + 72;
const IPPROTO_TCP = 6;
const REQUEST_BYTES = HEADER_BYTES + 56;
const INET_DIAG_REQ_BYTECODE = 1;
const INET_DIAG_BC_S_COND = 7;
/** The kernel fills at most 32 KiB a message (netlink's NLMSG_GOODSIZE for dumps). */
const RECEIVE_BYTES = 64 * 1024;

/** Those in `states`, at every port of the address when it is 0. @throws SystemCallError, FfiUnavailableError */
export function socketsAt(local: Endpoint, states: readonly TcpState[] = TCP_STATES): TableRow[] {
  const rows: TableRow[] = [];
  const onSocket = (message: Buffer) => rows.push(readRow(message));
  for (const _ of dump(local, states, { anyAddress: false }, onSocket));
  return rows;
}

/** Datagrams, of some 300 sockets each, that are read in one turn of the event loop. */
const DATAGRAMS_A_TURN = 10;

/**
 * How many there are: of 0.0.0.0 at every IPv4 address, of :: at every one of either family. In slices, between which
 * others have their turn: it is no snapshot. @throws SystemCallError, FfiUnavailableError
 */
export async function countSocketsAt(
  { address, port }: Endpoint,
  states: readonly TcpState[],
): Promise<number> {
  const families = address === '::' ? ['::', '0.0.0.0'] : [address];
  const anyAddress = address === '::' || address === '0.0.0.0';
  let sockets = 0;
  let datagrams = 0;
  const onSocket = () => {
    sockets++;
  };
  for (const each of families) {
    for (const _ of dump({ address: each, port }, states, { anyAddress }, onSocket)) {
      if (++datagrams % DATAGRAMS_A_TURN === 0) await setImmediate();
    }
  }
  return sockets;
}

interface Width {
  /** The family counts, the address does not. */
  readonly anyAddress: boolean;
}

type OnSocket = (message: Buffer) => void;

/** Yields behind each datagram whose sockets it has handed on. Must be run to its end, or be returned from. */
function* dump(
  local: Endpoint,
  states: readonly TcpState[],
  width: Width,
  onSocket: OnSocket,
): Generator<void> {
  const calls = libc();
  const fd = calls.socket(AF_NETLINK, SOCK_RAW | calls.constants.SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd === -1) throw new SystemCallError('socket', calls.errno());
  try {
    const request = dumpRequest(local, states, width, calls.constants);
    if (calls.send(fd, request, request.length, 0) === -1) throw new SystemCallError('send', calls.errno());
    const buffer = Buffer.alloc(RECEIVE_BYTES);
    while (receive(calls, fd, buffer, onSocket)) yield;
  } finally {
    calls.close(fd);
  }
}

/** @returns false once the dump is complete */
function receive(calls: Libc, fd: number, buffer: Buffer, onSocket: OnSocket): boolean {
  const bytes = calls.recv(fd, buffer, buffer.length, 0);
  if (bytes === -1) throw new SystemCallError('recv', calls.errno());
  return readMessages(buffer.subarray(0, bytes), onSocket);
}

/** struct nlmsghdr, struct inet_diag_req_v2, and the filter as an attribute; numbers in host order but for ports. */
function dumpRequest(
  { address, port }: Endpoint,
  states: readonly TcpState[],
  { anyAddress }: Width,
  constants: SocketConstants,
): Buffer {
  const sockaddr = encodeSockaddr({ address, port }, constants);
  const v6 = sockaddr.length === 28;
  const family = v6 ? constants.AF_INET6 : constants.AF_INET;
  const bytes = v6 ? sockaddr.subarray(8, 24) : sockaddr.subarray(4, 8);
  const filter = localFilter({ family, bytes, prefixBits: anyAddress ? 0 : 8 * bytes.length, port });
  const request = Buffer.alloc(REQUEST_BYTES);
  request.writeUInt32LE(REQUEST_BYTES + filter.length, 0);
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  request.writeUInt16LE(NLM_F_REQUEST_AND_DUMP, 6);
  request.writeUInt8(family, 16);
  request.writeUInt8(IPPROTO_TCP, 17);
  request.writeUInt32LE(stateMask(...states), 20);
  request.writeUInt16BE(port, 24);
  return Buffer.concat([request, filter]);
}

interface LocalFilter {
  readonly family: number;
  readonly bytes: Buffer;
  /** How many bits of these count. */
  readonly prefixBits: number;
  readonly port: number;
}

/** One condition: struct nlattr, struct inet_diag_bc_op, struct inet_diag_hostcond. */
function localFilter({ family, bytes, prefixBits, port }: LocalFilter): Buffer {
  const programBytes = 12 + bytes.length;
  const head = Buffer.alloc(16);
  head.writeUInt16LE(4 + programBytes, 0);
  head.writeUInt16LE(INET_DIAG_REQ_BYTECODE, 2);
  head.writeUInt8(INET_DIAG_BC_S_COND, 4);
  head.writeUInt8(programBytes, 5); // yes: to the end of the program, which accepts
  head.writeUInt16LE(programBytes + 4, 6); // no: beyond it, which rejects
  head.writeUInt8(family, 8);
  head.writeUInt8(prefixBits, 9);
  head.writeInt32LE(port === 0 ? -1 : port, 12); // -1: any
  return Buffer.concat([head, bytes]);
}

/** Hands on the sockets of one datagram; false once the dump is complete. @throws SystemCallError for a refusal */
function readMessages(datagram: Buffer, onSocket: OnSocket): boolean {
  for (let at = 0; at + HEADER_BYTES <= datagram.length; ) {
    const length = datagram.readUInt32LE(at);
    const type = datagram.readUInt16LE(at + 4);
    if (type === NLMSG_DONE) return false;
    if (type === NLMSG_ERROR)
      throw new SystemCallError('sock_diag', -datagram.readInt32LE(at + HEADER_BYTES));
    if (length < MESSAGE_BYTES) return true;
    onSocket(datagram.subarray(at + HEADER_BYTES, at + length));
    at += (length + 3) & ~3; // NLMSG_ALIGN
  }
  return true;
}

/** struct inet_diag_msg. */
function readRow(message: Buffer): TableRow {
  const v4 = message.readUInt8(0) === 2;
  const address = (at: number) =>
    v4 ? [...message.subarray(at, at + 4)].join('.') : formatIPv6(message.subarray(at, at + 16));
  return {
    local: { address: address(8), port: message.readUInt16BE(4) },
    remote: { address: address(24), port: message.readUInt16BE(6) },
    state: TCP_STATES[message.readUInt8(1)] ?? 'NONE',
    uid: message.readUInt32LE(64),
    inode: message.readUInt32LE(68),
  };
}
