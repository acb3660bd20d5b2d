// Socket constants by platform, from the systems' own headers: Node exports none of them.

export interface SocketConstants {
  readonly AF_UNIX: number;
  readonly AF_INET: number;
  readonly AF_INET6: number;
  readonly SOCK_STREAM: number;
  readonly SOCK_DGRAM: number;
  /** Flags for socket(2)'s type: close-on-exec and non-blocking in the same call; 0 where the system has no such flag. */
  readonly SOCK_CLOEXEC: number;
  readonly SOCK_NONBLOCK: number;
  readonly SOL_SOCKET: number;
  readonly SO_REUSEADDR: number;
  readonly SO_REUSEPORT: number;
  readonly SO_LINGER: number;
  /** Urgent data stays in the stream, where it was sent (tcp(7)). */
  readonly SO_OOBINLINE: number;
  /** How long a blocking call may take: a struct timeval of two 64-bit words. */
  readonly SO_RCVTIMEO: number;
  readonly SO_SNDTIMEO: number;
  readonly IPPROTO_IP: number;
  readonly IP_MULTICAST_IF: number;
  readonly IP_ADD_MEMBERSHIP: number;
  readonly IPPROTO_IPV6: number;
  readonly IPV6_V6ONLY: number;
  /** Linux ≥ 4.2: leaves the choice of the port to connect(2); undefined elsewhere. */
  readonly IP_BIND_ADDRESS_NO_PORT: number | undefined;
  /** BSD and macOS begin a sockaddr with its length. */
  readonly sockaddrHasLength: boolean;
}

const BSD = {
  AF_UNIX: 1,
  AF_INET: 2,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOL_SOCKET: 0xffff,
  SO_REUSEADDR: 0x4,
  SO_REUSEPORT: 0x200,
  SO_LINGER: 0x80,
  SO_OOBINLINE: 0x100,
  SO_RCVTIMEO: 0x1006,
  SO_SNDTIMEO: 0x1005,
  IPPROTO_IP: 0,
  IP_MULTICAST_IF: 9,
  IP_ADD_MEMBERSHIP: 12,
  IPPROTO_IPV6: 41,
  IPV6_V6ONLY: 27,
  IP_BIND_ADDRESS_NO_PORT: undefined,
  sockaddrHasLength: true,
} as const;

const BY_PLATFORM: Readonly<Partial<Record<NodeJS.Platform, SocketConstants>>> = {
  linux: {
    AF_UNIX: 1,
    AF_INET: 2,
    AF_INET6: 10,
    SOCK_STREAM: 1,
    SOCK_DGRAM: 2,
    SOCK_CLOEXEC: 0o2000000,
    SOCK_NONBLOCK: 0o4000,
    SOL_SOCKET: 1,
    SO_REUSEADDR: 2,
    SO_REUSEPORT: 15,
    SO_LINGER: 13,
    SO_OOBINLINE: 10,
    SO_RCVTIMEO: 20,
    SO_SNDTIMEO: 21,
    IPPROTO_IP: 0,
    IP_MULTICAST_IF: 32,
    IP_ADD_MEMBERSHIP: 35,
    IPPROTO_IPV6: 41,
    IPV6_V6ONLY: 26,
    IP_BIND_ADDRESS_NO_PORT: 24,
    sockaddrHasLength: false,
  },
  darwin: { ...BSD, AF_INET6: 30, SOCK_CLOEXEC: 0, SOCK_NONBLOCK: 0 },
  freebsd: { ...BSD, AF_INET6: 28, SOCK_CLOEXEC: 0x10000000, SOCK_NONBLOCK: 0x20000000 },
};

/** The constants of `platform`, or undefined where they are not known to us. */
export function socketConstants(platform: NodeJS.Platform = process.platform): SocketConstants | undefined {
  return BY_PLATFORM[platform];
}
