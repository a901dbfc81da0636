"""The notice of third parties names what is locked."""

from pathlib import Path

from onecity.project.third_party import UNKNOWN, Library, python_libraries, script_libraries

NOTICE = Path("docs/third-party.md")


def named() -> set[tuple[str, str]]:
    rows = [line.strip("| ").split(" | ") for line in NOTICE.read_text(encoding="utf-8").splitlines()]
    return {(row[0], row[1]) for row in rows if len(row) == 3}


def locked() -> list[Library]:
    return [*python_libraries(Path("uv.lock")), *script_libraries(Path("package-lock.json"))]


def test_every_locked_library_is_named_with_its_version() -> None:
    missing = {(item.name, item.version) for item in locked()} - named()
    assert not missing, "run ./onecity manage third_party"


def test_developers_tools_are_no_part_of_the_city() -> None:
    names = {item.name for item in locked()}
    assert "django" in names
    assert not names & {"pytest", "mypy", "ruff", "playwright"}


def test_extras_count_as_needed() -> None:
    assert "psycopg-binary" in {item.name for item in locked()}


def test_every_python_library_that_is_installed_says_its_licence() -> None:
    silent = [item.name for item in python_libraries(Path("uv.lock")) if item.licence == UNKNOWN]
    assert len(silent) <= 5, silent
