// What an operator can do about a 425: one sentence for each step that fails and each reason that the system gives.
import type { BinderName } from '../../binder/types.ts';

export interface Failed425 {
  /** `listen` is that of PASV and EPSV, before there is a transfer; `accept` its wait for the client. */
  readonly step: 'bind' | 'connect' | 'listen' | 'accept';
  readonly code: string;
  readonly binder: BinderName | 'passive';
  /** The data port, or the passive one. */
  readonly port: number;
}

type Advice = string | ((failed: Failed425) => string);

const DESCRIPTORS =
  'the process has no descriptor left: raise LimitNOFILE (ulimit -n), or lower --max-sessions';
const MEMORY = 'the system has no memory left for sockets: look at net.ipv4.tcp_mem and at what else runs';
const NO_ADDRESS =
  'the address that the client is connected to is not on this machine any more: look at its interfaces (a fail-over?)';
const FORBIDDEN =
  'the system forbids it: look at the local firewall, at the unit (SocketBind…, IPAddressDeny=) and at SELinux or AppArmor';
const NO_ROUTE =
  'there is no way back to the client from this address: look at the routes, and at firewalls that answer with ICMP';

const ANYWHERE: Readonly<Record<string, Advice>> = {
  EMFILE: DESCRIPTORS,
  ENFILE: DESCRIPTORS,
  ENOBUFS: MEMORY,
  ENOMEM: MEMORY,
  EPERM: FORBIDDEN,
  EADDRNOTAVAIL: NO_ADDRESS,
  ENETUNREACH: NO_ROUTE,
  EHOSTUNREACH: NO_ROUTE,
};

const BY_STEP: Readonly<Record<Failed425['step'], Readonly<Record<string, Advice>>>> = {
  bind: {
    EADDRINUSE: portInUse,
    EACCES: ({ port }) =>
      `port ${port} is privileged: give the server CAP_NET_BIND_SERVICE, lower net.ipv4.ip_unprivileged_port_start, or set --data-port from 1024 on`,
  },
  connect: {
    ETIMEDOUT: ({ port }) =>
      `the client does not answer: a firewall or NAT before it drops connections from port ${port}; let them in there, or have the client use passive mode`,
    ECONNREFUSED:
      'nobody listens where the client said that it does: mostly a NAT before it that does not translate PORT; have the client use passive mode',
    ECONNRESET:
      'the client, or a firewall before it, resets the connection: let it in there, or have the client use passive mode',
    EACCES: FORBIDDEN,
    EADDRNOTAVAIL: ({ binder }) =>
      binder === 'ephemeral'
        ? 'no local port is left for this client: widen net.ipv4.ip_local_port_range'
        : 'the client named a port whose last connection is not over on both sides: it must close its end or name another port; --connect-retry waits for it',
    EADDRINUSE: 'no local port is left for this client: widen net.ipv4.ip_local_port_range',
  },
  listen: {
    EADDRINUSE:
      'no port is left to listen on for passive mode: widen the range of passive ports (--passive-ports), or without one net.ipv4.ip_local_port_range',
    EACCES: FORBIDDEN,
  },
  accept: {
    ETIMEDOUT: ({ port }) =>
      `the client did not come to the passive port ${port}: open the passive ports in the firewall before this server; behind NAT the address that it tells must be the public one`,
  },
};

const OTHERWISE: Readonly<Record<Failed425['step'], string>> = {
  bind: 'port20 probe --doctor tells what this machine lacks for its data port',
  connect: 'have the client use passive mode, and look at what is between it and this server',
  listen: 'have the client use active mode (PORT), or EPSV where it speaks IPv6',
  accept: 'have the client use active mode (PORT), and look at what is between it and this server',
};

/** For people; one sentence without a full stop. */
export function adviceOn(failed: Failed425): string {
  const { step, code } = failed;
  const advice = BY_STEP[step][code] ?? ANYWHERE[code] ?? OTHERWISE[step];
  return typeof advice === 'string' ? advice : advice(failed);
}

function portInUse({ binder, port }: Failed425): string {
  const who = `ss -tanp 'sport = :${port}' tells who has port ${port}`;
  switch (binder) {
    case 'legacy':
      return `this binder has the port for one transfer at a time, and for a minute after it: use --binder reuse-port; ${who}`;
    case 'legacy-bsd':
      return `this binder has the port to itself until each connection is up: use --binder reuse-port; ${who}`;
    case 'reuse-addr':
      return `another program has the port and did not set SO_REUSEADDR, or listens on it: stop it, set another --data-port, or use the binder that fits it; ${who}`;
    case 'reuse-port':
      return `another program has the port and did not set SO_REUSEPORT, or runs as another user: stop it, or set another --data-port; beside SO_REUSEADDR alone use --binder reuse-both; ${who}`;
    case 'reuse-both':
      return `another program has the port without sharing it, or listens on it: stop it, or set another --data-port; ${who}`;
    case 'ephemeral':
    case 'passive':
      return 'no local port is left: widen net.ipv4.ip_local_port_range';
    default:
      return binder satisfies never;
  }
}
