# The private PostgreSQL cluster under .onecity/, on a unix socket only: it can neither meet nor disturb another server.
# With ONECITY_DATABASE_URL set, none of this runs.

SETTINGS="$STATE/settings.env"

# Secrets and ports are drawn once and kept; the environment wins over the file.
settle_settings() {
    if [ ! -e "$SETTINGS" ]; then
        (umask 077
         cat >"$SETTINGS" <<TEXT
# Made by ./onecity on the first start; readable by its owner only.
ONECITY_SECRET_KEY=$(random_hex 32)
ONECITY_BROKER_PASSWORD=$(random_hex 16)
ONECITY_LOCAL_DATABASE_PASSWORD=$(random_hex 16)
TEXT
        )
    fi
    [ -e "$STATE/master.key" ] || (umask 077; random_hex 16 >"$STATE/master.key")
    load_settings
}

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

load_settings() {
    local name value
    while IFS='=' read -r name value; do
        case "$name" in ''|\#*) continue ;; esac
        [ -n "${!name:-}" ] || export "$name=$value"
    done <"$SETTINGS"
    export ONECITY_MASTER_KEY_FILE="${ONECITY_MASTER_KEY_FILE:-$STATE/master.key}"
    if [ -z "${ONECITY_DATABASE_URL:-}" ]; then
        locate_cluster
        export ONECITY_DATABASE_URL="postgresql://onecity:$ONECITY_LOCAL_DATABASE_PASSWORD@/onecity?host=$SOCKETS"
        export ONECITY_LOCAL_CLUSTER="$CLUSTER" ONECITY_LOCAL_CLUSTER_OWNER="$CLUSTER_OWNER" ONECITY_LOCAL_CLUSTER_BIN="$PG_BIN"
    fi
}

# Where the cluster lives and who runs it. PostgreSQL refuses root, and its user must be able to reach the folder;
# unix sockets need a short path.
locate_cluster() {
    local mark; mark="$(printf '%s' "$STATE" | sha256sum | cut -c1-10)"
    PG_BIN="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
    CLUSTER_OWNER="$(id -un)"
    CLUSTER="$STATE/postgres"
    if [ "$(id -u)" = 0 ]; then
        CLUSTER_OWNER=onecity
        id onecity >/dev/null 2>&1 || useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin onecity
        runuser -u onecity -- test -x "$STATE" || CLUSTER="/var/lib/onecity/$mark"
    fi
    SOCKETS="/tmp/onecity-$mark"
}

as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u "$CLUSTER_OWNER" -- "$@"; else "$@"; fi; }

database_answers() { "$PG_BIN/pg_isready" -q -h "$SOCKETS" -p 5432; }

make_socket_folder() {
    [ -d "$SOCKETS" ] || mkdir -m 700 "$SOCKETS"
    [ "$(id -u)" = 0 ] && chown "$CLUSTER_OWNER" "$SOCKETS"
    [ "$(stat -c %U "$SOCKETS")" = "$CLUSTER_OWNER" ] || fail "$SOCKETS belongs to somebody else; remove it and start again."
}

start_database() {
    [ -n "${ONECITY_LOCAL_CLUSTER:-}" ] || return 0
    [ -n "$PG_BIN" ] || fail "PostgreSQL's server programs were not found under /usr/lib/postgresql."
    make_socket_folder
    [ -e "$CLUSTER/PG_VERSION" ] || make_cluster
    if ! database_answers; then
        step "Starting the private database"
        quietly "$STATE/log/pg-start.log" as_owner "$PG_BIN/pg_ctl" -D "$CLUSTER" -l "$CLUSTER/server.log" -w -t 120 start
    fi
    [ -e "$CLUSTER/onecity-ready" ] || make_databases
}

make_cluster() {
    step "Making a private PostgreSQL cluster in $CLUSTER"
    mkdir -p "$CLUSTER"
    [ "$(id -u)" = 0 ] && chown "$CLUSTER_OWNER" "$CLUSTER"
    chmod 700 "$CLUSTER"
    quietly "$STATE/log/initdb.log" as_owner "$PG_BIN/initdb" -D "$CLUSTER" --username=postgres \
        --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=reject --data-checksums
    local memory_mb; memory_mb="$(awk '/MemTotal/ {print int($2/1024)}' /proc/meminfo)"
    local buffers_mb=$((memory_mb / 8)); [ "$buffers_mb" -gt 2048 ] && buffers_mb=2048; [ "$buffers_mb" -lt 128 ] && buffers_mb=128
    as_owner tee -a "$CLUSTER/postgresql.conf" >/dev/null <<TEXT
# --- OneCity: durable by default (fsync and synchronous_commit stay on); sized for this machine
listen_addresses = ''
unix_socket_directories = '$SOCKETS'
unix_socket_permissions = 0700
shared_buffers = ${buffers_mb}MB
effective_cache_size = $((memory_mb / 2))MB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
wal_compression = on
checkpoint_timeout = 15min
random_page_cost = 1.1
jit = off
max_connections = 120
timezone = 'UTC'
TEXT
}

# The application's role owns its database and may make test databases from the template; it is no superuser.
make_databases() {
    step "Making the database and its template"
    quietly "$STATE/log/databases.log" run_as_superuser <<TEXT
DO \$\$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'onecity') THEN CREATE ROLE onecity LOGIN CREATEDB; END IF;
END \$\$;
ALTER ROLE onecity PASSWORD '$ONECITY_LOCAL_DATABASE_PASSWORD';
SELECT 'CREATE DATABASE onecity_template' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'onecity_template') \gexec
\connect onecity_template
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS btree_gist;
GRANT ALL ON SCHEMA public TO onecity;
\connect postgres
ALTER DATABASE onecity_template IS_TEMPLATE true ALLOW_CONNECTIONS true;
SELECT 'CREATE DATABASE onecity TEMPLATE onecity_template OWNER onecity' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'onecity') \gexec
TEXT
    as_owner sed -i -E 's/^(local +(all|replication) +all +)trust/\1scram-sha-256/; s/^local +(all|replication) +all +scram/local \1 postgres peer map=owner\nlocal \1 all scram/' "$CLUSTER/pg_hba.conf"
    printf 'owner %s postgres\nowner root postgres\n' "$CLUSTER_OWNER" | as_owner tee -a "$CLUSTER/pg_ident.conf" >/dev/null
    quietly "$STATE/log/databases.log" as_owner "$PG_BIN/pg_ctl" -D "$CLUSTER" reload
    as_owner touch "$CLUSTER/onecity-ready"
}

run_as_superuser() { as_owner "$PG_BIN/psql" -v ON_ERROR_STOP=1 -X -q -h "$SOCKETS" -U postgres postgres; }
