"""The English catalogues: one per module, beside its code. The Chinese text is the message id.

Messages are collected from Python (`zh`, `gettext` and their kin, so declarations, choices and errors too) and from
templates. `manage messages` brings the catalogues up to date; a test finds every message that has no English yet.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE: Final = Path(__file__).resolve().parent.parent
_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")
_KEYWORDS: Final = dict.fromkeys(("zh", "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext"))
# Dates and names in a catalogue's head would change it when no message does.
_HEAD_NOISE: Final = re.compile(
    r'^"(?:Project|Report|POT|PO-Rev|Last|Language-Team|MIME|Content-Tr|Generated).*\n', re.M
)
_LEFT_OUT: Final = frozenset({"tests", "migrations", "locale"})
_LAYERED: Final = frozenset({"platform", "domains", "portals", "scenarios"})
# Strings that Django translates without being asked: names of models and fields, labels of choices.
_VERBOSE: Final = re.compile(
    r"""^\s+(?:verbose_name = |[A-Z][A-Z0-9_]* = "[^"]*", |\w+ = models\.\w+\()(?:\s*)"([^"]+)\"""", re.M
)


def modules() -> list[Path]:
    """Return the folder of every module that keeps a catalogue."""
    return sorted({_module_of(path) for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE} - {PACKAGE})


def catalogue_path(module: Path) -> Path:
    """Return where a module's English catalogue is kept."""
    return module / "locale/en/LC_MESSAGES/django.po"


def messages_of(module: Path) -> set[str]:
    """Return every Chinese message of a module."""
    found: set[str] = set()
    for path in sorted(module.rglob("*")):
        if _may_hold_messages(path) and _module_of(path) == module:
            found.update(_messages_in(path))
    return {message for message in found if _CHINESE.search(message)}


def read(path: Path) -> Catalog:
    """Return the catalogue at `path`, or an empty one."""
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale="en")


def missing(module: Path) -> list[str]:
    """Return the module's messages that have no English, in order."""
    catalogue = read(catalogue_path(module))
    return sorted(text for text in messages_of(module) if not _translated(catalogue, text))


def update(module: Path) -> int:
    """Bring a module's catalogue up to date: new messages come in empty, dead ones go. Returns how many lack one."""
    path, wanted = catalogue_path(module), messages_of(module)
    if not wanted:
        path.unlink(missing_ok=True)
        return 0
    old, fresh = read(path), _empty()
    for text in sorted(wanted):
        known = old.get(text)
        fresh.add(known.id if known else text, string=known.string if known else "")  # a plural keeps both its forms
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, fresh, width=0, omit_header=False, sort_output=True)
    path.write_text(_HEAD_NOISE.sub("", buffer.getvalue().decode()), encoding="utf-8")
    return len(missing(module))


def compile_catalogue(module: Path) -> bool:
    """Compile a module's catalogue when it is newer than its compiled form; returns whether it was."""
    source = catalogue_path(module)
    target = source.with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
        return False
    with target.open("wb") as file:
        write_mo(file, read(source))
    return True


def _empty() -> Catalog:
    return Catalog(locale="en", charset="utf-8", fuzzy=False, header_comment="# English of one module.")


def _translated(catalogue: Catalog, text: str) -> bool:
    known = catalogue.get(text)
    if known is None or known.fuzzy:
        return False
    forms = (known.string,) if isinstance(known.string, str | None) else known.string
    return bool(forms) and all(forms)


def _may_hold_messages(path: Path) -> bool:
    return path.suffix in {".py", ".html", ".txt"} and not _LEFT_OUT & set(path.relative_to(PACKAGE).parts)


def _module_of(path: Path) -> Path:
    parts = path.relative_to(PACKAGE).parts
    return PACKAGE.joinpath(*parts[: 2 if parts[0] in _LAYERED and len(parts) > 2 else 1])


def _messages_in(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    source = text if path.suffix == ".py" else templatize(text)
    for _, _, message, _ in extract_python(io.BytesIO(source.encode()), _KEYWORDS, (), {"encoding": "utf-8"}):
        parts = message if isinstance(message, list | tuple) else (message,)
        yield from (str(part) for part in parts if part)
    if path.suffix == ".py":
        yield from _VERBOSE.findall(text)
