from collections.abc import Callable
from dataclasses import dataclass

import pytest

from onecity.kernel import registry
from onecity.kernel.registry import DeclarationError, Domain, Registry


@dataclass(frozen=True)
class Lamp:
    code: str


@dataclass(frozen=True)
class Pump:
    code: str


@pytest.fixture
def lamps() -> Registry[Lamp]:
    lamps = Registry(Lamp)
    lamps.add(Lamp("lighting.b"), owner="lighting")
    lamps.add(Lamp("lighting.a"), owner="lighting")
    return lamps


def test_item_is_found_by_its_code(lamps: Registry[Lamp]) -> None:
    assert lamps["lighting.a"] == lamps.get("lighting.a") == Lamp("lighting.a")
    assert "lighting.a" in lamps
    assert "lighting.c" not in lamps
    assert lamps.get("lighting.c") is None
    with pytest.raises(KeyError):
        lamps["lighting.c"]


def test_items_come_in_the_order_of_their_codes(lamps: Registry[Lamp]) -> None:
    assert [lamp.code for lamp in lamps] == ["lighting.a", "lighting.b"]
    assert len(lamps) == 2


@pytest.mark.parametrize("code", ["Lighting.a", "lighting.A", "lighting..a", "lighting.a-b", "lighting.1a"])
def test_code_of_another_form_is_refused(lamps: Registry[Lamp], code: str) -> None:
    with pytest.raises(DeclarationError, match="lower-case words"):
        lamps.add(Lamp(code), owner="lighting")


def test_code_must_begin_with_its_owner(lamps: Registry[Lamp]) -> None:
    with pytest.raises(DeclarationError, match=r"begin with water\."):
        lamps.add(Lamp("lighting.c"), owner="water")


def test_code_is_taken_once(lamps: Registry[Lamp]) -> None:
    with pytest.raises(DeclarationError, match="declared twice"):
        lamps.add(Lamp("lighting.a"), owner="lighting")


def test_item_of_another_kind_is_refused(lamps: Registry[Lamp]) -> None:
    with pytest.raises(DeclarationError, match="is a Pump"):
        lamps.add(Pump("lighting.c"), owner="lighting")  # type: ignore[arg-type]  # what is refused must be tried


@pytest.mark.parametrize(
    "read",
    [len, list, lambda lamps: lamps.get("lighting.a"), lambda lamps: "x" in lamps, lambda lamps: lamps["lighting.a"]],
)
def test_registry_that_was_read_takes_nothing_more(
    lamps: Registry[Lamp], read: Callable[[Registry[Lamp]], object]
) -> None:
    read(lamps)
    with pytest.raises(DeclarationError, match="read already"):
        lamps.add(Lamp("lighting.c"), owner="lighting")


def test_domains_items_are_picked_out_by_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_domains", {})
    registry.declare(Domain("water", "供水", (Pump("water.pump"),)))
    registry.declare(Domain("lighting", "城市照明", (Lamp("lighting.lamp"), Pump("lighting.pump"))))
    assert [domain.code for domain in registry.domains()] == ["lighting", "water"]
    assert list(registry.declared(Lamp)) == [Lamp("lighting.lamp")]
    assert list(registry.declared(Pump)) == [Pump("lighting.pump"), Pump("water.pump")]


def test_module_declares_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_domains", {})
    registry.declare(Domain("water", "供水", ()))
    with pytest.raises(DeclarationError, match="declares twice"):
        registry.declare(Domain("water", "供水", ()))
