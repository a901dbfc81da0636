"""Where on this machine files may be read and written: as far as whoever runs the engine allows."""

from collections.abc import Sequence
from pathlib import Path

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import NotUnderstood

_allowed: list[Path] = []


def restrict(folders: Sequence[Path]) -> None:
    """Let connectors reach these folders and what lies in them, and nothing else; none: the whole machine."""
    _allowed[:] = [folder.resolve() for folder in folders]


def allowed(text: str) -> Path:
    """Return a path, links followed. Raises: NotUnderstood where connectors have no business."""
    path = Path(text).resolve()
    if _allowed and not any(path.is_relative_to(folder) for folder in _allowed):
        raise NotUnderstood(zh("路径不在允许交换的文件夹内"))
    return path
