# The demonstration: which city on which data, and a fresh start when asked for.

DEMO_ARGUMENTS=()

# demo_options ARGS — keeps --data, --city and --fresh; what the supervisor is to hear stays in DEMO_ARGUMENTS.
demo_options() {
    DEMO_FRESH=""
    while [ $# -gt 0 ]; do
        case "$1" in
            --data) [ -d "${2:-}" ] || fail "--data: there is no folder '${2:-}'."; ONECITY_DATA="$(cd "$2" && pwd -P)"; export ONECITY_DATA; shift 2 ;;
            --city) [ -f "$ROOT/src/onecity/demo/cities/${2:-}/city.toml" ] || fail "--city: there is no city pack '${2:-}'; there are: $(city_packs)."
                    export ONECITY_CITY="$2"; shift 2 ;;
            --fresh) DEMO_FRESH=1; shift ;;
            --port|--speed) [ $# -ge 2 ] || fail "$1 needs a value."; DEMO_ARGUMENTS+=("$1" "$2"); shift 2 ;;
            *) fail "The demonstration knows no option '$1': --data DIR, --city CODE, --speed N, --port N, --fresh." ;;
        esac
    done
}

city_packs() { (cd "$ROOT/src/onecity/demo/cities" && ls -d */ | tr -d / | paste -sd ' '); }

# settle_demo — keeps what was chosen, so that every later command of this checkout knows it.
settle_demo() {
    keep_setting ONECITY_DEMO 1
    keep_setting ONECITY_CITY "${ONECITY_CITY:-changchun}"
    [ -z "${ONECITY_DATA:-}" ] || keep_setting ONECITY_DATA "$ONECITY_DATA"
    grep -q '^ONECITY_DEMO_PASSWORD=' "$SETTINGS" || keep_setting ONECITY_DEMO_PASSWORD "Yicheng-$(random_hex 4)"
    load_settings
}

keep_setting() {
    local draft="$SETTINGS.new"
    (umask 077; grep -v "^$1=" "$SETTINGS" >"$draft" || true; echo "$1=$2" >>"$draft")
    mv "$draft" "$SETTINGS"
    export "$1=$2"
}

# fresh_start — throws the demonstration's own database, files and time away.
fresh_start() {
    [ -n "${ONECITY_LOCAL_CLUSTER:-}" ] || fail "--fresh empties the private database only, never the one of ONECITY_DATABASE_URL."
    step "Starting afresh: the demonstration's database, uploads and time are removed"
    run_as_superuser <<TEXT
DROP DATABASE IF EXISTS onecity WITH (FORCE);
CREATE DATABASE onecity TEMPLATE onecity_template OWNER onecity;
TEXT
    rm -rf "$STATE/media" "$STATE/mosquitto/data" "$STATE/city-time.json" "$STATE/city-time-seen.json"
}

run_demo() {
    ! "$VENV/bin/python" -m onecity.project.supervision status >/dev/null || fail "OneCity is running already: ./onecity status, ./onecity stop."
    settle_demo
    [ -z "$DEMO_FRESH" ] || fresh_start
    prepare_application
    step "Filling the city"
    "$VENV/bin/python" manage.py seed_demo
    exec_python -m onecity.project.supervision demo "${DEMO_ARGUMENTS[@]}"
}
