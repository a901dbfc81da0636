"""Copies what pages use of the front-end libraries from node_modules; run by the launcher at set-up.

The list is `deploy/launcher/vendor.json`: target name → path in node_modules. Source-map comments are taken out, since
the maps are not shipped; the icons that templates name are gathered into one SVG sprite.
"""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Final

_SOURCE_MAP: Final = re.compile(r"(//[#@] sourceMappingURL=\S+|/\*# sourceMappingURL=[^*]+\*/)\s*")
_TEXT: Final = frozenset({".js", ".mjs", ".css"})
_OUTER: Final = re.compile(
    r"<svg[^>]*>|</svg>|<!--.*?-->|<path stroke=\"none\" d=\"M0 0h24v24H0z\" fill=\"none\" ?/>", re.DOTALL
)


def copy_libraries(root: Path, target: Path) -> None:
    """Fill `target` with the listed files."""
    wanted = json.loads((root / "deploy/launcher/vendor.json").read_text(encoding="utf-8"))
    for name, source in wanted["files"].items():
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        origin = root / "node_modules" / source
        if origin.suffix in _TEXT:
            destination.write_text(_SOURCE_MAP.sub("", origin.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(origin, destination)
    icons = root / "node_modules/@tabler/icons/icons/outline"
    (target / "icons.svg").write_text(sprite(icons, names=wanted["icons"]), encoding="utf-8")


def sprite(folder: Path, *, names: list[str]) -> str:
    """Return one SVG whose symbols are the icons `names` of `folder`."""
    symbols = []
    for name in sorted(names):
        drawing = _OUTER.sub("", (folder / f"{name}.svg").read_text(encoding="utf-8")).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


if __name__ == "__main__":
    folder = Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    copy_libraries(Path(sys.argv[1]), folder)
