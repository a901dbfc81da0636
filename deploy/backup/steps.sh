# What backup, restore and verify share. The settings come from the environment, or from this checkout's own state.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
STATE="${ONECITY_STATE:-$ROOT/.onecity}"
# shellcheck source=/dev/null
. "$ROOT/deploy/launcher/say.sh"
# shellcheck source=/dev/null
. "$ROOT/deploy/launcher/database.sh"
if [ -z "${ONECITY_DATABASE_URL:-}" ] && [ -e "$STATE/settings.env" ]; then load_settings; fi
[ -n "${ONECITY_DATABASE_URL:-}" ] || fail "ONECITY_DATABASE_URL is not set, and $STATE holds no settings."
export ONECITY_ROOT="$ROOT" ONECITY_STATE="$STATE"
export ONECITY_MASTER_KEY_FILE="${ONECITY_MASTER_KEY_FILE:-$STATE/master.key}"
MEDIA="${ONECITY_MEDIA:-$STATE/media}"
PYTHON="${ONECITY_PYTHON:-$STATE/venv/bin/python}"
JOBS="${ONECITY_BACKUP_JOBS:-2}"

# reach_database — give libpq the address by its environment: on a command line everybody could read the password.
reach_database() {
    local assignments
    assignments="$(ONECITY_DATABASE_URL="$ONECITY_DATABASE_URL" python3 - <<'PYTHON'
import os
import shlex
from urllib.parse import parse_qs, unquote, urlsplit

parts = urlsplit(os.environ["ONECITY_DATABASE_URL"])
query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
given = {
    "PGDATABASE": parts.path.lstrip("/"),
    "PGUSER": unquote(parts.username or ""),
    "PGPASSWORD": unquote(parts.password or ""),
    "PGHOST": query.get("host", parts.hostname or ""),
    "PGPORT": str(parts.port or query.get("port", "")),
    "PGSSLMODE": query.get("sslmode", ""),
    "PGSSLROOTCERT": query.get("sslrootcert", ""),
}
print("\n".join(f"export {name}={shlex.quote(value)}" for name, value in given.items() if value))
PYTHON
)"
    eval "$assignments"
}

# url_of DATABASE — the settings' address with another database's name.
url_of() {
    ONECITY_DATABASE_URL="$ONECITY_DATABASE_URL" python3 -c '
import os, sys
from urllib.parse import urlsplit
print(urlsplit(os.environ["ONECITY_DATABASE_URL"])._replace(path="/" + sys.argv[1]).geturl())' "$1"
}

# The number of rows of every table; one line each, sorted.
COUNTS="SELECT format('%s %s', c.oid::regclass, (xpath('//n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %s', c.oid::regclass), false, true, '')))[1]) FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1"

# A digest of the master key, by which a restore sees whether it was given the right one. The key is random: its digest tells nothing.
key_mark() { tr -d ' \n' <"$ONECITY_MASTER_KEY_FILE" | sha256sum | cut -c1-32; }

# check_sums BACKUP — every file is there and is what was written.
check_sums() {
    [ -e "$1/SHA256SUMS" ] || fail "$1 is no whole backup: it has no SHA256SUMS."
    step "Checking the sums of $1"
    (cd "$1" && sha256sum --check --quiet --strict SHA256SUMS) || fail "the backup is damaged: do not use it."
}

# check_key BACKUP — the master key at hand is the one that the backup's personal data need.
check_key() {
    [ -r "$ONECITY_MASTER_KEY_FILE" ] || fail "the master key $ONECITY_MASTER_KEY_FILE is not there."
    [ "$(key_mark)" = "$(sed -n 's/^master_key=//p' "$1/manifest")" ] || fail "$ONECITY_MASTER_KEY_FILE is not the master key of this backup."
}

# fill_database BACKUP NAME — make a database and restore the backup into it.
fill_database() {
    local list; list="$(mktemp)"
    step "Restoring the database into $2"
    psql -X -q -v ON_ERROR_STOP=1 -d postgres -c "CREATE DATABASE \"$2\" TEMPLATE onecity_template" \
        || fail "the database $2 could not be made; a database administrator can make it (see deploy/README.md)."
    # Extensions come with the template; whoever is no superuser could neither make nor comment them.
    pg_restore --list "$1/database" | grep -Ev ' EXTENSION | TABLE DATA public spatial_ref_sys ' >"$list"
    pg_restore --exit-on-error --no-owner --no-privileges --jobs="$JOBS" --use-list="$list" --dbname="$2" "$1/database"
    rm -f "$list"
    PGOPTIONS="-c client_min_messages=error" psql -X -q -d "$2" -c "ANALYZE"
}

# unpack_media BACKUP FOLDER
unpack_media() {
    step "Unpacking the files into $2"
    mkdir -p "$2"
    tar -C "$2" -xf "$1/media.tar"
}

# prove BACKUP DATABASE FOLDER — rows are as many as they were, the audit chain is whole, every file is what its row says.
prove() {
    step "Proving what was restored"
    psql -X -A -t -d "$2" -c "$COUNTS" | diff "$1/counts" - >/dev/null || fail "the restored tables do not hold as many rows as the saved ones."
    detail "$(wc -l <"$1/counts") tables hold as many rows as when they were saved"
    ONECITY_DATABASE_URL="$(url_of "$2")" "$PYTHON" "$ROOT/manage.py" verify_audit
    ONECITY_DATABASE_URL="$(url_of "$2")" ONECITY_MEDIA="$3" "$PYTHON" "$ROOT/manage.py" verify_files
}
