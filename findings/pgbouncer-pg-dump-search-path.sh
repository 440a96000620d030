#!/usr/bin/env bash
# pg_dump through PgBouncer in transaction mode succeeds, and breaks other clients: before its transaction it sets
# search_path to nothing for its session, which is the pooler's connection. PgBouncer neither follows that parameter nor
# resets connections in this mode. While nobody else is connected, pg_dump's transaction gets the same connection, which
# is closed at its end, so that a trial shows nothing; under use somebody else gets it, and finds no table by its name
# ("relation does not exist") until that connection ends.
# Seen with Debian 12's PgBouncer 1.18 and PostgreSQL 15: 4 of 4 clients within seconds. Needs Debian's packages postgresql and pgbouncer.
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
programs=$(dirname "$(find /usr/lib/postgresql -name initdb | sort -V | tail -n 1)")
as() { if [ "$(id -u)" = 0 ]; then runuser -u "$1" -- "${@:2}"; else "${@:2}"; fi; }
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port) pooled=$(free_port)
trap '[ ! -f pooler.pid ] || kill "$(cat pooler.pid)"; as postgres "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
[ "$(id -u)" != 0 ] || chown postgres "$folder"
as postgres "$programs/initdb" -A trust -U postgres --no-sync -D "$folder/data" >/dev/null
as postgres "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off" start >/dev/null
cat > pgbouncer.ini <<INI
[databases]
postgres = host=127.0.0.1 port=$port user=postgres pool_mode=transaction
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooled
unix_socket_dir =
pidfile = $folder/pooler.pid
auth_type = any
default_pool_size = 2
INI
as postgres "$(PATH=$PATH:/usr/sbin command -v pgbouncer)" -q pgbouncer.ini &
ask() { psql -h 127.0.0.1 -p "$pooled" -U postgres -Atqc "$1" postgres; }
for _ in $(seq 100); do ask 'SELECT 1' >/dev/null 2>&1 && break; sleep 0.1; done
ask "CREATE TABLE seen AS SELECT 'found' AS word"
echo 'SELECT word FROM seen;' > read.sql
"$programs/pgbench" -h 127.0.0.1 -p "$pooled" -U postgres -n -c 4 -T 6 -f read.sql postgres >/dev/null 2>clients &
clients=$!
for _ in $(seq 10); do pg_dump -h 127.0.0.1 -p "$pooled" -U postgres postgres >/dev/null; done
wait "$clients" || true
said=$(grep -c 'relation "seen" does not exist' clients || true)
echo "$said of 4 clients that were reading meanwhile found no table any more"
[ "$said" -gt 0 ]
