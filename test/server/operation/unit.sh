#!/bin/sh
# The unit of fixtures/systemd/ without a system manager: is it right (systemd-analyze verify), is its exposure as low as it
# was (security --offline), and does the server work under its filter of system calls, its address families and its view of
# /proc? What cannot be tried here is said. Usage: npx tsc -p . && test/server/operation/unit.sh; the last as root.
set -eu
cd "$(dirname "$0")/../../.."

# Exposure in tenths, as systemd 252 rates it. Lower is better; raise it for a reason alone.
threshold=16

work=$(mktemp -d)
server=
cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

skip() {
  echo "skipped: $1"
  exit 0
}
command -v systemd-analyze >/dev/null || skip 'there is no systemd-analyze here'

main=$PWD/dist/cli/main.js
chmod +x "$main"
unit=$work/port20.service
sed "s#/opt/port20/bin/port20#$main#" fixtures/systemd/port20.service >"$unit"

systemd-analyze verify --man=no "$unit"
echo 'ok: systemd-analyze verify has nothing to say'

systemd-analyze security --offline=true --threshold="$threshold" --no-pager "$unit" >"$work/security" || {
  cat "$work/security"
  exit 1
}
tail -n 1 "$work/security"

# The lists that the unit names, as this systemd has them, all in one: @set is a set, ~ takes away.
members() {
  systemd-analyze syscall-filter "$1" | sed '1d; s/^ *//; /^#/d; /^$/d' | while read -r name; do
    case $name in @*) members "$name" ;; *) echo "$name" ;; esac
  done
}
filter() {
  sed -n "s/^SystemCallFilter=$1//p" "$unit" | tr ' ' '\n' | while read -r name; do
    case $name in @*) members "$name" ;; ?*) echo "$name" ;; esac
  done | sort -u
}
filter '' | grep -v '^~' >"$work/allowed"
filter '~' >"$work/denied"
comm -23 "$work/allowed" "$work/denied" >"$work/names"
grep -qx openat2 "$work/names" || {
  echo 'NOT: openat2 is not among the allowed calls'
  exit 1
}

command -v gcc >/dev/null || skip 'without gcc the filter itself is not proven'
[ "$(id -u)" = 0 ] || skip 'only root can make the namespaces in which the rest is tried'

# The same filter without systemd: what is not named fails with EPERM, and sockets are of the families that the unit names.
sed 's/.*/#ifdef SYS_&\nSYS_&,\n#endif/' "$work/names" >"$work/names.h"
sed -n 's/^RestrictAddressFamilies=//p' "$unit" | tr ' ' '\n' | sed 's/$/,/' >"$work/families.h"
cat >"$work/confined.c" <<'END'
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
static const int allowed[] = {
#include "names.h"
};
static const int families[] = {
#include "families.h"
};
static struct sock_filter code[4096];
static unsigned short length;
static void put(unsigned short op, unsigned char yes, unsigned char no, unsigned k) {
  code[length++] = (struct sock_filter){op, yes, no, k};
}
int main(int argc, char **argv) {
  const unsigned denied = SECCOMP_RET_ERRNO | EPERM;
  const int count = sizeof families / sizeof *families;
  if (argc < 2) return 1;
  put(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
  put(BPF_JMP | BPF_JEQ | BPF_K, 0, 2 + 2 * count, SYS_socket);
  put(BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, args[0]));
  for (int i = 0; i < count; i++) {
    put(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, families[i]);
    put(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
  }
  put(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
  for (unsigned i = 0; i < sizeof allowed / sizeof *allowed; i++) {
    put(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, allowed[i]);
    put(BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
  }
  put(BPF_RET | BPF_K, 0, 0, denied);
  struct sock_fprog program = {length, code};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return perror("seccomp"), 1;
  execvp(argv[1], argv + 1);
  return perror(argv[1]), 1;
}
END
gcc -o "$work/confined" "$work/confined.c"

mkdir "$work/root"
chmod 755 "$work"
chown nobody "$work/root"
echo content >"$work/root/file"
# As the unit has it: the capability, and of /proc only the processes of its own.
cat >"$work/start" <<END
ip link set lo up
mount -t proc -o subset=pid,hidepid=invisible proc /proc
exec setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps -all,+net_bind_service \\
  --ambient-caps +net_bind_service --bounding-set -all,+net_bind_service \\
  "$work/confined" "$(command -v node)" "$main" serve --listen 127.0.0.1:21 --root "$work/root" --write --workers 2
END
unshare --net --mount sh "$work/start" 2>"$work/log" &
server=$!
tries=0
until grep -q '^listening on ' "$work/log"; do
  kill -0 "$server" 2>/dev/null && [ "$tries" -lt 300 ] || {
    cat "$work/log"
    exit 1
  }
  tries=$((tries + 1))
  sleep 0.1
done
inside() {
  nsenter --net="/proc/$server/ns/net" curl --silent --show-error --max-time 20 "$@"
}
for way in '--ftp-port -' '--ftp-pasv'; do
  # shellcheck disable=SC2086
  [ "$(inside $way ftp://127.0.0.1/file)" = content ]
  # shellcheck disable=SC2086
  inside $way ftp://127.0.0.1/ | grep -q file
  # shellcheck disable=SC2086
  inside $way --upload-file "$main" ftp://127.0.0.1/up
  cmp "$main" "$work/root/up"
done
inside --quote 'DELE up' ftp://127.0.0.1/ >/dev/null
[ ! -e "$work/root/up" ]
# Confined by the kernel: a link to / is the root itself. By path names it would lead nowhere.
ln -s / "$work/root/top"
[ "$(inside ftp://127.0.0.1/top/file)" = content ]
kill "$server"
status=0
wait "$server" || status=$?
server=
[ "$status" = 143 ]
echo 'ok: serves, lists, stores and deletes under the filter, as 143 by SIGTERM'
