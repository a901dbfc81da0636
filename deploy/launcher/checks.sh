# All checks and all tests, in the order in which they are cheapest to fail.

run_checks() {
    local began; began="$(date +%s)"
    if [ $# -gt 0 ]; then exec_python -m pytest "$@"; fi
    step "Style"; python -m ruff check .; python -m ruff format --check --quiet .
    step "Types"; python -m mypy
    step "Borders"; "$VENV/bin/lint-imports"
    step "Tests"; python -m pytest -n "${ONECITY_TEST_PROCESSES:-2}" --dist loadgroup -m "not browser and not faults"
    step "Faults"; python -m pytest -m "faults and not browser"
    step "Browser"; python -m pytest -m browser
    done_in "$began"
}
