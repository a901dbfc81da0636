# Debian packages: what is missing is installed when that is allowed, and named when it is not.

PACKAGES_RUN="postgresql postgresql-client mosquitto gdal-bin fonts-wqy-microhei mariadb-server"
PACKAGES_TEST="chromium openssh-server"

package_present() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# missing_packages EXTRA — names of packages that are needed and absent.
missing_packages() {
    local wanted="$PACKAGES_RUN" name
    [ "$1" = test ] && wanted="$wanted $PACKAGES_TEST"
    ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 || wanted="$wanted $(postgis_package)"
    command -v python3 >/dev/null || wanted="$wanted python3"
    [ -n "${PYTHON:-}" ] || python3 -c 'import ensurepip' 2>/dev/null || wanted="$wanted python3-venv"
    command -v node >/dev/null || wanted="$wanted nodejs"
    command -v npm >/dev/null || wanted="$wanted npm"
    for name in $wanted; do package_present "$name" || printf '%s ' "$name"; done
}

# The PostGIS package of the newest PostgreSQL that Debian offers, such as postgresql-15-postgis-3.
postgis_package() { apt-cache --names-only search '^postgresql-[0-9]+-postgis-3$' 2>/dev/null | awk '{print $1}' | sort -V | tail -n 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

may_become_root() { [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; } || { command -v sudo >/dev/null && [ -t 0 ]; }; }

install_system_packages() {
    command -v dpkg-query >/dev/null || fail "this launcher knows Debian's packages only; install $PACKAGES_RUN by other means."
    local missing; missing="$(missing_packages "$1")"
    [ -z "$missing" ] && return 0
    may_become_root || fail "these Debian packages are missing and this user may not install them. As an administrator run:
    apt-get install --no-install-recommends $missing"
    step "Installing Debian packages: $missing"
    local began; began="$(date +%s)"
    quietly "$STATE/log/apt-update.log" as_root apt-get update
    missing="$(missing_packages "$1")"   # package names can depend on the fresh lists
    without_services quietly "$STATE/log/apt-install.log" as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends $missing
    done_in "$began"
}

# without_services COMMAND ... — run an installation that starts no server and makes no cluster of its own.
without_services() {
    local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.d/onecity.conf made_policy=''
    if [ ! -e "$policy" ]; then
        made_policy=yes
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
    fi
    as_root mkdir -p "$(dirname "$cluster")"
    echo 'create_main_cluster = false' | as_root tee "$cluster" >/dev/null
    local outcome=0
    ("$@") || outcome=$?
    as_root rm -f "$cluster"
    [ -n "$made_policy" ] && as_root rm -f "$policy"
    return "$outcome"
}
