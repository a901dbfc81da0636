"""The node's file: where the hub is, which papers to show, which places lie here. Secrets stay on this machine."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from onecity.platform.exchange.contracts.nodes import HUB_KIND, NODE_KIND
from onecity.platform.exchange.contracts.places import OptionValue, Place

_REFUSED: Final = {HUB_KIND, NODE_KIND, "rows"}


class BadConfig(Exception):
    """The file cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """A node's settings. hub: https://host:port; authority, certificate, key: PEM files; places: by local name."""

    hub: str
    authority: Path
    certificate: Path
    key: Path
    places: Mapping[str, Place]


def read_config(path: Path) -> NodeConfig:
    """Return the settings of a file. Paths are relative to it; a secret is a file's content or a variable's.

    Raises: BadConfig.
    """
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BadConfig(f"{path}: {fault}") from fault
    hub = str(text.get("hub", ""))
    if not hub.startswith("https://"):
        raise BadConfig(f"{path}: hub must begin with https://")
    folder = path.parent
    papers = {name: _file(text, name, folder) for name in ("authority", "certificate", "key")}
    found = text.get("places")
    if not isinstance(found, dict) or not found:
        raise BadConfig(f"{path}: no [places.NAME]")
    places = {name: _place(name, item, folder) for name, item in found.items()}
    return NodeConfig(hub.rstrip("/"), **papers, places=places)


def _file(text: Mapping[str, object], name: str, folder: Path) -> Path:
    value = text.get(name)
    if not isinstance(value, str):
        raise BadConfig(f"{name}: the path of a PEM file is needed")
    path = folder / value
    if not path.is_file():
        raise BadConfig(f"{name}: {path} is not there")
    return path


def _place(name: str, item: object, folder: Path) -> Place:
    if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
        raise BadConfig(f"places.{name}: kind is needed")
    kind, options = str(item["kind"]), item.get("options", {})
    if kind in _REFUSED:
        raise BadConfig(f"places.{name}: kind {kind} cannot stand here")
    if not isinstance(options, dict) or not all(isinstance(value, OptionValue) for value in options.values()):
        raise BadConfig(f"places.{name}.options: texts, whole numbers or true/false only")
    return Place(kind, options, _secret(name, item, folder))


def _secret(name: str, item: Mapping[str, object], folder: Path) -> str:
    if "secret_file" in item:
        path = folder / str(item["secret_file"])
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as fault:
            raise BadConfig(f"places.{name}.secret_file: {fault}") from fault
    if "secret_variable" in item:
        variable = str(item["secret_variable"])
        if variable not in os.environ:
            raise BadConfig(f"places.{name}.secret_variable: {variable} is not set")
        return os.environ[variable]
    return ""
