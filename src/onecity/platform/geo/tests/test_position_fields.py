"""A form's position: fields, their refusals, and the component that draws them."""

import pytest
from django.template.loader import render_to_string

from onecity.kernel.actor import ANONYMOUS
from onecity.platform.geo.api import PositionFields, position_map
from onecity.platform.geo.tests.factories import SOUTH, WEST, make_tree

pytestmark = pytest.mark.django_db
INSIDE = {"longitude": str(WEST + 0.005), "latitude": str(SOUTH + 0.005)}


def test_position_inside_the_city_is_taken() -> None:
    make_tree()
    form = PositionFields({**INSIDE, "address": "人民大街旁"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "longitude": pytest.approx(WEST + 0.005),
        "latitude": pytest.approx(SOUTH + 0.005),
        "address": "人民大街旁",
    }


def test_position_outside_the_city_is_refused_beside_its_field() -> None:
    make_tree()
    form = PositionFields({"longitude": "2.35", "latitude": "48.85"})
    assert form.errors == {"longitude": ["该位置不在本市范围内"]}


@pytest.mark.parametrize(("longitude", "latitude"), [("181", "43"), ("125", "-91"), ("", "43"), ("here", "43")])
def test_degrees_that_are_none_are_refused(longitude: str, latitude: str) -> None:
    assert not PositionFields({"longitude": longitude, "latitude": latitude}).is_valid()


def test_component_has_fields_that_work_without_scripts() -> None:
    facts = {"form": PositionFields(), "map": position_map(ANONYMOUS, name="where")}
    page = render_to_string("geo/position_field.html", facts)
    for name in ("longitude", "latitude", "address"):
        assert f'name="{name}"' in page
    assert "<form" not in page  # it stands inside the form of the page that uses it
    assert "<details" in page
    assert " open " in page
    assert 'data-settings="where-settings"' in page
    assert 'id="where-settings"' in page
