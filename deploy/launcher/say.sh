# How the launcher speaks: one line a step, plain words, and what to do when it cannot go on.

if [ -t 1 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'; else BOLD='' DIM='' RED='' GREEN='' PLAIN=''; fi

step() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*"; }
detail() { printf '    %s%s%s\n' "$DIM" "$*" "$PLAIN"; }
done_in() { printf '    %sdone%s in %s s\n' "$GREEN" "$PLAIN" "$(($(date +%s) - $1))"; }
fail() { printf '%sonecity: %s%s\n' "$RED" "$*" "$PLAIN" >&2; exit 2; }

# quietly LOG COMMAND ... — run a long command with its output in a file; show the end of it when it fails.
quietly() {
    local log="$1"; shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        fail "'$1' failed; the whole output is in $log"
    fi
}
