// The sockets on one local address and port, asked of Linux by sock_diag(7): the kernel filters, which is quick.
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
  const calls = libc();
  const fd = calls.socket(AF_NETLINK, SOCK_RAW | calls.constants.SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (fd === -1) throw new SystemCallError('socket', calls.errno());
  try {
    return dump(calls, fd, dumpRequest(local, states, calls.constants));
  } finally {
    calls.close(fd);
  }
}

function dump(calls: Libc, fd: number, request: Buffer): TableRow[] {
  if (calls.send(fd, request, request.length, 0) === -1) throw new SystemCallError('send', calls.errno());
  const rows: TableRow[] = [];
  const buffer = Buffer.alloc(RECEIVE_BYTES);
  for (;;) {
    const bytes = calls.recv(fd, buffer, buffer.length, 0);
    if (bytes === -1) throw new SystemCallError('recv', calls.errno());
    if (!readMessages(buffer.subarray(0, bytes), rows)) return rows;
  }
}

/** struct nlmsghdr, struct inet_diag_req_v2, and the filter as an attribute; numbers in host order but for ports. */
function dumpRequest(
  { address, port }: Endpoint,
  states: readonly TcpState[],
  constants: SocketConstants,
): Buffer {
  const sockaddr = encodeSockaddr({ address, port }, constants);
  const v6 = sockaddr.length === 28;
  const family = v6 ? constants.AF_INET6 : constants.AF_INET;
  const filter = localAddressFilter(family, v6 ? sockaddr.subarray(8, 24) : sockaddr.subarray(4, 8), port);
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

/** One condition: struct nlattr, struct inet_diag_bc_op, struct inet_diag_hostcond with the whole address as prefix. */
function localAddressFilter(family: number, address: Buffer, port: number): Buffer {
  const programBytes = 12 + address.length;
  const head = Buffer.alloc(16);
  head.writeUInt16LE(4 + programBytes, 0);
  head.writeUInt16LE(INET_DIAG_REQ_BYTECODE, 2);
  head.writeUInt8(INET_DIAG_BC_S_COND, 4);
  head.writeUInt8(programBytes, 5); // yes: to the end of the program, which accepts
  head.writeUInt16LE(programBytes + 4, 6); // no: beyond it, which rejects
  head.writeUInt8(family, 8);
  head.writeUInt8(8 * address.length, 9);
  head.writeInt32LE(port === 0 ? -1 : port, 12); // -1: any
  return Buffer.concat([head, address]);
}

/** Adds the rows of one datagram; false once the dump is complete. @throws SystemCallError for a refusal */
function readMessages(datagram: Buffer, rows: TableRow[]): boolean {
  for (let at = 0; at + HEADER_BYTES <= datagram.length; ) {
    const length = datagram.readUInt32LE(at);
    const type = datagram.readUInt16LE(at + 4);
    if (type === NLMSG_DONE) return false;
    if (type === NLMSG_ERROR)
      throw new SystemCallError('sock_diag', -datagram.readInt32LE(at + HEADER_BYTES));
    if (length < MESSAGE_BYTES) return true;
    rows.push(readRow(datagram.subarray(at + HEADER_BYTES, at + length)));
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
