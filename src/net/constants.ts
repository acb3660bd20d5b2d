// Socket constants by platform, from the systems' own headers: Node exports none of them.

export interface SocketConstants {
  readonly AF_UNIX: number;
  readonly AF_INET: number;
  readonly AF_INET6: number;
  readonly SOCK_STREAM: number;
  /** Flags for socket(2)'s type: close-on-exec and non-blocking in the same call; 0 where the system has no such flag. */
  readonly SOCK_CLOEXEC: number;
  readonly SOCK_NONBLOCK: number;
  readonly SOL_SOCKET: number;
  readonly SO_REUSEADDR: number;
  readonly SO_REUSEPORT: number;
  readonly IPPROTO_IP: number;
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
  SOL_SOCKET: 0xffff,
  SO_REUSEADDR: 0x4,
  SO_REUSEPORT: 0x200,
  IPPROTO_IP: 0,
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
    SOCK_CLOEXEC: 0o2000000,
    SOCK_NONBLOCK: 0o4000,
    SOL_SOCKET: 1,
    SO_REUSEADDR: 2,
    SO_REUSEPORT: 15,
    IPPROTO_IP: 0,
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
