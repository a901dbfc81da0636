# The front-end libraries, pinned by package-lock.json; what pages use of them is copied to .onecity/vendor.

install_front_end() {
    local wanted stamp="$STATE/stamps/front-end" began
    wanted="$(cat package-lock.json deploy/launcher/vendor.json src/onecity/web/vendor.py | sha256sum | cut -c1-16)"
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && [ -d "$STATE/vendor" ] && return 0
    step "Installing the front-end libraries"
    began="$(date +%s)"
    quietly "$STATE/log/npm-ci.log" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    quietly "$STATE/log/vendor.log" "$VENV/bin/python" -m onecity.web.vendor "$ROOT" "$STATE/vendor"
    mkdir -p "$STATE/stamps" && echo "$wanted" >"$stamp"
    done_in "$began"
}
