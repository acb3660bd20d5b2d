#!/bin/sh
# Follows "From nothing to port 20 beside 21" of src/server/README.md word for word, but for the lines that need a systemd in
# charge: in a mount namespace whose /etc, /opt, /srv and /var/log are thrown away, and a network namespace of its own.
# As root on Linux, with the registry that npm is set to: test/server/operation/page.sh. A minute.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
self=$here/page.sh
cd "$here/../../.."

skip() {
  echo "skipped: $1"
  exit 0
}
[ "$(id -u)" = 0 ] || skip 'it needs root'
for tool in unshare setpriv curl npm ip nft pgrep; do
  command -v "$tool" >/dev/null || skip "there is no $tool here"
done

if [ "${1:-}" = '' ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # What is there, without what is not committed; then its packages, as the first line wants them.
  git ls-files -z | xargs -0 cp --parents -t "$work"
  sed -n '/^## From nothing/,/^## TLS/p' src/server/README.md |
    sed -n '/^```console$/,/^```$/s/^[#$] //p' | grep -v 'systemctl daemon\|journalctl\|/etc/systemd' >"$work/lines"
  unshare --mount --pid --fork --mount-proc --kill-child sh "$self" outside "$work"
  exit
fi

if [ "$1" = outside ]; then
  work=$2
  mount --make-rprivate /
  mkdir "$work/upper"
  mount -t tmpfs none "$work/upper"
  for folder in etc opt srv var/log; do
    mkdir -p "$work/upper/$folder/new" "$work/upper/$folder/work"
    mount -t overlay none -o "lowerdir=/$folder,upperdir=$work/upper/$folder/new,workdir=$work/upper/$folder/work" "/$folder"
  done
  rm -rf /opt/* /srv/*
  cd "$work"
  umask 022
  install=$(grep -n '^npm install' lines | head -n 1 | cut -d : -f 1)
  head -n "$install" lines >first
  tail -n "+$((install + 1))" lines >then
  sh -eux first >install.log 2>&1 || {
    tail -n 20 install.log
    exit 1
  }
  echo "ok: $(cat first)" | head -c 2000
  echo
  exec unshare --net sh "$self" inside "$work"
fi

cd "$2"
ip link set lo up
# A firewall as Debian's example has one: a table and its chains, and here they drop.
nft -f - <<END
table inet filter {
  chain input { type filter hook input priority 0; policy drop; iifname lo tcp dport != 21 accept; }
  chain output { type filter hook output priority 0; policy drop; tcp sport != 20 accept; }
}
END
server_pid() {
  pgrep --oldest --euid port20
}
listening() {
  tries=0
  until grep -q '^listening on ' /var/log/port20.log; do
    [ "$tries" -lt 300 ] || {
      cat /var/log/port20.log
      exit 1
    }
    tries=$((tries + 1))
    sleep 0.1
  done
}
gone() {
  while pgrep --euid port20 >/dev/null; do sleep 0.1; done
}
starts=0
while IFS= read -r line <&3; do
  case $line in
  *'&')
    # Two ways to the same end: the second takes the place of the first.
    [ "$starts" = 0 ] || {
      kill "$(server_pid)"
      gone
      rm /var/log/port20.log
    }
    sh -c "$line"
    listening
    grep -H -E '^(Uid|CapPrm|CapAmb)' "/proc/$(server_pid)/status"
    starts=$((starts + 1))
    ;;
  'systemctl reload'*)
    sh -c "${line##*: }"
    until grep -q '^port20: SIGHUP: nothing changed' /var/log/port20.log; do sleep 0.1; done
    ;;
  'npm install'*) ;; # the same once more, and a restart
  *)
    sh -eu -c "$line"
    ;;
  esac
  echo "ok: $line"
done 3<then
grep -q '"local":"127.0.0.1:20"' /var/log/port20.log
kill "$(server_pid)"
gone
