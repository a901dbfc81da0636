"""What a map is told."""

import pytest

from onecity.kernel.actor import ANONYMOUS
from onecity.platform.geo.declarations import VIEW
from onecity.platform.geo.registries import BASE_LAYERS, layers
from onecity.platform.geo.selectors.map_settings import Focus, legend, live_layers, map_settings, position_map
from onecity.platform.geo.services.changes import UnknownLayer, layer_changed
from onecity.platform.geo.tests.factories import WEST, make_city, patch
from onecity.platform.identity.tests.factories import plain_actor

pytestmark = pytest.mark.django_db


def codes(settings: dict[str, object]) -> set[str]:
    found = settings["layers"]
    assert isinstance(found, list)
    return {layer["code"] for layer in found}


def test_only_layers_that_the_actor_may_see_are_offered() -> None:
    stranger = codes(dict(map_settings(ANONYMOUS, name="m").settings))
    staff = codes(dict(map_settings(plain_actor(VIEW), name="m").settings))
    assert "geo.grid" not in stranger
    assert staff - stranger == {"geo.grid"}
    assert not staff & set(BASE_LAYERS)


def test_only_named_layers_are_offered_and_switched_on() -> None:
    settings = map_settings(
        plain_actor(VIEW), name="m", offered=("geo.grid", "geo.places"), shown=("geo.grid",)
    ).settings
    found = settings["layers"]
    assert isinstance(found, list)
    assert {layer["code"]: layer["shown"] for layer in found} == {"geo.grid": True, "geo.places": False}


def test_city_gives_the_first_view() -> None:
    make_city()
    settings = map_settings(ANONYMOUS, name="m").settings
    assert settings["city"]["centre"] == [pytest.approx(WEST + 0.02), pytest.approx(43.92)]  # type: ignore[index]


def test_map_without_a_city_shows_the_country() -> None:
    assert map_settings(ANONYMOUS, name="m").settings["city"]["zoom"] == 3.5  # type: ignore[index]


def test_focus_and_choice_of_position_travel_along() -> None:
    focus = Focus(box=(1, 2, 3, 4), mark=(125, 43), outline=patch())
    settings = map_settings(ANONYMOUS, name="m", focus=focus, picks=True, keeps_view=True).settings
    assert (settings["box"], settings["mark"], settings["hash"]) == ([1, 2, 3, 4], [125, 43], "map")
    assert settings["outline"]["type"] == "Polygon"  # type: ignore[index]
    assert settings["picks"] is True


def test_live_layers_are_those_that_change_and_may_be_seen() -> None:
    everything = {layer.code for layer in layers() if layer.live}
    needed = {layer.permission for layer in layers() if layer.permission}
    assert everything
    assert set(live_layers(plain_actor(*needed))) == everything
    assert set(live_layers(ANONYMOUS)) == {code for code in everything if not layers()[code].permission}


def test_map_of_a_form_offers_no_layers() -> None:
    settings = position_map(plain_actor(VIEW)).settings
    assert (settings["layers"], settings["picks"]) == ([], True)


def test_legend_groups_layers_in_their_order() -> None:
    groups = legend(map_settings(plain_actor(VIEW), name="m"))
    own = [heading for heading, members in groups if str(members[0]["code"]).startswith("geo.")]
    assert own == ["区划与网格", "地点与设施"]
    assert [layer["code"] for layer in groups[0][1]] == [
        "geo.districts",
        "geo.subdistricts",
        "geo.communities",
        "geo.grid",
    ]


def test_change_of_a_layer_that_nobody_declared_is_a_fault() -> None:
    with pytest.raises(UnknownLayer):
        layer_changed("geo.nothing")


def test_every_base_layer_is_open_to_all_and_may_be_kept() -> None:
    assert [code for code in BASE_LAYERS if (layers()[code].permission, layers()[code].live) != ("", False)] == []
