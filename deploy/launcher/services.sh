# Preparing the application, running the tests, examining and stopping.

prepare_application() {
    step "Preparing the application"
    local began; began="$(date +%s)"
    quietly "$STATE/log/migrate.log" "$VENV/bin/python" manage.py migrate --no-input
    quietly "$STATE/log/messages.log" "$VENV/bin/python" manage.py compile_messages
    quietly "$STATE/log/static.log" "$VENV/bin/python" manage.py collectstatic --no-input
    done_in "$began"
}

run_tests() {
    export ONECITY_DEMO=0  # tests live in their own time, whatever this checkout demonstrates
    quietly "$STATE/log/messages.log" "$VENV/bin/python" manage.py compile_messages
    quietly "$STATE/log/static.log" "$VENV/bin/python" manage.py collectstatic --no-input
    [ -n "${ONECITY_DATA:-}" ] || { [ -d "$ROOT/../shared/data" ] && export ONECITY_DATA="$(cd "$ROOT/../shared/data" && pwd -P)"; } || true
    [ -n "${ONECITY_STANDARDS:-}" ] || { [ -d "$ROOT/../shared/standards" ] && export ONECITY_STANDARDS="$(cd "$ROOT/../shared/standards" && pwd -P)"; } || true
    . "$ROOT/deploy/launcher/checks.sh"
    run_checks "$@"
}

doctor() {
    step "Examining this checkout"
    local missing; missing="$(missing_packages test)"
    if [ -n "$missing" ]; then detail "Debian packages missing: $missing — ./onecity demo installs them"; else detail "Debian packages: all present"; fi
    [ -x "$VENV/bin/python" ] || fail "The Python environment is not installed yet: run ./onecity demo or ./onecity test first."
    [ -e "$SETTINGS" ] || fail "No settings yet: run ./onecity demo first."
    load_settings
    exec_python "$ROOT/manage.py" doctor "$@"
}

stop_everything() {
    [ -e "$SETTINGS" ] || { detail "nothing was ever started here"; return 0; }
    load_settings
    [ -x "$VENV/bin/python" ] && python -m onecity.project.supervision stop || true
    if [ -n "${ONECITY_LOCAL_CLUSTER:-}" ] && [ -e "$CLUSTER/PG_VERSION" ] && database_answers; then
        step "Stopping the private database"
        quietly "$STATE/log/pg-stop.log" as_owner "$PG_BIN/pg_ctl" -D "$CLUSTER" -m fast -w stop
    fi
}
