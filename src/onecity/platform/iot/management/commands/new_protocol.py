"""`manage new_protocol NAME`: lays out a field protocol that works, for the standard's own layout to take its place."""

import keyword
import re
from pathlib import Path
from string import Template
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

SCAFFOLD: Final = Path(__file__).parents[1] / "scaffold"
IOT: Final = "src/onecity/platform/iot"
PLACES: Final = {
    "codec.txt": f"{IOT}/codecs/$name/__init__.py",
    "codec_readme.txt": f"{IOT}/codecs/$name/README.md",
    "codec_test.txt": f"{IOT}/codecs/$name/tests/test_$name.py",
    "session.txt": f"{IOT}/gateways/field/$name.py",
    "gateway_test.txt": "tests/gateways/test_field_$name.py",
}
_NAME: Final = re.compile(r"[a-z][a-z0-9]{1,19}")
_LAST_MEMBER: Final = re.compile(r"(class Protocol\(StrEnum\):.*?\n)(\n\nclass )", re.DOTALL)
_LAST_NAME: Final = re.compile(r"(PROTOCOL_NAMES: Mapping\[str, str\] = \{.*?\n)(\})", re.DOTALL)


class Command(BaseCommand):
    """Writes codec, session and tests, and gives the protocol its code."""

    help = "新建现场协议：编解码、会话、测试和说明"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the protocol's code, its title and its port."""
        parser.add_argument("name", help="lower-case letters and digits, such as szy206")
        parser.add_argument("--title", default="", help="as people call it, such as SZY 206")
        parser.add_argument("--port", type=int, default=0, help="where it listens by default; 0: any free port")
        parser.add_argument("--root", type=Path, default=None, help="checkout to write into, if not this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay the protocol out; nothing that is there is written over."""
        name, root = options["name"], options["root"] or settings.ENV.root
        if not _NAME.fullmatch(name) or keyword.iskeyword(name):
            raise CommandError(f"{name!r} is no code: lower-case letters and digits, a letter first, at most 20")
        words = {
            "name": name,
            "Name": name.capitalize(),
            "NAME": name.upper(),
            "title": options["title"] or name.upper(),
            "port": str(options["port"]),
        }
        places = {source: root / Template(place).substitute(words) for source, place in PLACES.items()}
        there = [str(place) for place in places.values() if place.exists()]
        if there:
            raise CommandError(f"there already: {', '.join(there)}")
        self._declare(root / IOT / "declare.py", words)
        for source, place in places.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(Template((SCAFFOLD / source).read_text("utf-8")).substitute(words), "utf-8")
            self.stdout.write(str(place.relative_to(root)))
        (places["codec_test.txt"].parent / "__init__.py").touch()

    @staticmethod
    def _declare(path: Path, words: dict[str, str]) -> None:
        text = path.read_text("utf-8")
        if f'"{words["name"]}"' in text:
            raise CommandError(f"{words['name']!r} is a protocol already")
        member = Template('\\1    $NAME = "$name"\n\\2').substitute(words)
        title = Template('\\1    Protocol.$NAME: "$title",\n\\2').substitute(words)
        path.write_text(_LAST_NAME.sub(title, _LAST_MEMBER.sub(member, text, count=1), count=1), "utf-8")
