#!/usr/bin/env bash
# The port mapping that fixtures/container/Dockerfile describes, without a container's engine: a client, a host and a container are
# network namespaces; the host translates as Docker does (DNAT of published ports, masquerading of what goes out).
# As root on Linux: test/server/operation/container.sh, ten seconds. Exit 1 when something of it does not hold.
set -euo pipefail
cd "$(dirname "$0")/../../.."
skip() {
  echo "skipped: $1"
  exit 0
}
[ "$(id -u)" = 0 ] || skip 'it needs root'
for tool in unshare ip nft curl; do command -v "$tool" >/dev/null || skip "there is no $tool here"; done
# Namespaces by name live in a mount namespace of our own, and end with it.
if [ "${1:-}" != inside ]; then exec unshare --mount --net --pid --fork --kill-child "$0" inside; fi
mount -t tmpfs none /run
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/root"
echo hello >"$work/root/hello"

ip link set lo up # this namespace is the host
for name in client container; do
  ip netns add "$name"
  ip link add "to-$name" type veth peer name eth0 netns "$name"
  ip link set "to-$name" up
  ip -n "$name" link set lo up
  ip -n "$name" link set eth0 up
done
ip address add 198.51.100.1/24 dev to-client
ip -n client address add 198.51.100.7/24 dev eth0
ip address add 172.17.0.1/16 dev to-container
ip -n container address add 172.17.0.2/16 dev eth0
ip -n container route add default via 172.17.0.1
sysctl -qw net.ipv4.ip_forward=1
nft -f - <<END
table ip nat {
  chain prerouting {
    type nat hook prerouting priority dstnat
    ip daddr 198.51.100.1 tcp dport { 21, 50000-50099 } dnat to 172.17.0.2
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr 172.17.0.0/16 oifname to-client masquerade
  }
}
END

serve() {
  : >"$work/log" # what the one before it said is not its own
  ip netns exec container node dist/cli/main.js serve --listen 0.0.0.0:21 --root "$work/root" \
    --passive-ports 50000-50099 "$@" 2>"$work/log" &
  server=$!
  until grep -q '^listening on' "$work/log"; do
    kill -0 "$server" || { cat "$work/log"; exit 1; }
    sleep 0.05
  done
}
stop() {
  kill "$server"
  wait "$server" || true
}
fetch() { ip netns exec client curl --silent --show-error --max-time 10 "$@" ftp://198.51.100.1/hello; }
fail() {
  echo "not as it should be: $1"
  cat "$work/log"
  exit 1
}

serve
[ "$(fetch --ftp-port -)" = hello ] || fail 'active mode'
# The client sees the host's address and port 20, which masquerading keeps.
ip netns exec client curl --silent --verbose --ftp-port - ftp://198.51.100.1/hello >"$work/said" 2>&1 || fail 'active mode, again'
grep -q '< 226' "$work/said" || fail "$(cat "$work/said")"
grep -q '"local":"172.17.0.2:20"' "$work/log" || fail 'the source port'
if fetch --disable-epsv --no-ftp-skip-pasv-ip 2>/dev/null; then fail 'the address of the container was told, and worked'; fi
stop

serve --passive-address 198.51.100.1
[ "$(fetch --disable-epsv --no-ftp-skip-pasv-ip)" = hello ] || fail 'passive mode by PASV'
[ "$(fetch)" = hello ] || fail 'passive mode by EPSV'
stop

# A proxy in user space, as Docker's: every client comes from the gateway, and names another address.
nft delete table ip nat
nft -f - <<END
table ip nat {
  chain prerouting {
    type nat hook prerouting priority dstnat
    ip daddr 198.51.100.1 tcp dport 21 dnat to 172.17.0.2
  }
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr 198.51.100.0/24 oifname to-container masquerade
  }
}
END
serve
ip netns exec client curl --silent --verbose --disable-eprt --ftp-port - ftp://198.51.100.1/hello >"$work/said" 2>&1 || true
grep -q '< 504 You come from 172.17.0.1, and data connections go there, not to 198.51.100.7' "$work/said" || fail "$(cat "$work/said")"
grep -q '"advice":"the client is behind a NAT' "$work/log" || fail 'the log names the reason'
stop
echo 'all as it should be: active and passive by published ports, and refused at PORT behind a proxy'
