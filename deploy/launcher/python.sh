# The locked Python environment, in .onecity/venv.

UV_VERSION=0.13.8
VENV="$STATE/venv"

find_python() {
    local name
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        # The program itself, not a shim in front of it: uv rebuilds an environment whose program it does not recognise.
        if command -v "$name" >/dev/null && "$name" -c 'import sys
if not (3, 11) <= sys.version_info < (3, 14): sys.exit(1)
print(sys.executable)' 2>/dev/null; then return 0; fi
    done
    fail "Python 3.11, 3.12 or 3.13 is needed; none was found."
}

install_python() {
    local groups="--no-dev" stamp wanted began
    [ "$1" = test ] && groups="--group dev"
    wanted="$(cat uv.lock pyproject.toml | sha256sum | cut -c1-16)"
    stamp="$STATE/stamps/python-$1"
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && [ -x "$VENV/bin/python" ]; then return 0; fi
    step "Installing the locked Python environment"
    began="$(date +%s)"
    if [ ! -x "$STATE/boot/bin/uv" ] || [ "$("$STATE/boot/bin/uv" --version | cut -d' ' -f2)" != "$UV_VERSION" ]; then
        quietly "$STATE/log/boot.log" "$(find_python)" -m venv "$STATE/boot"
        quietly "$STATE/log/boot.log" "$STATE/boot/bin/pip" install --quiet "uv==$UV_VERSION"
    fi
    UV_PROJECT_ENVIRONMENT="$VENV" UV_PYTHON="$(find_python)" UV_PYTHON_DOWNLOADS=never \
        quietly "$STATE/log/uv-sync.log" "$STATE/boot/bin/uv" sync --frozen --inexact $groups
    mkdir -p "$STATE/stamps" && echo "$wanted" >"$stamp"
    [ "$1" = test ] && echo "$wanted" >"$STATE/stamps/python-run"
    done_in "$began"
}

exec_python() { exec "$VENV/bin/python" "$@"; }
python() { "$VENV/bin/python" "$@"; }
