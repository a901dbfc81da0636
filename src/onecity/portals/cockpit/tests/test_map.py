"""The map in the cockpit's middle."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from onecity.platform.geo import api as geo
from onecity.platform.geo.tests.factories import make_tree
from onecity.platform.identity.tests.factories import make_actor, open_session

pytestmark = pytest.mark.django_db
CASES = "cases.view"


def cockpit(*permissions: str) -> str:
    client = Client()
    actor = make_actor("cockpit.view", *permissions, everywhere=True)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    answer = client.get("/cockpit")
    assert answer.status_code == 200
    return answer.content.decode()


def layers_in(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="cockpit-map-settings" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return {layer["code"]: layer for layer in json.loads(found.group(1))["layers"]}


def test_what_goes_on_is_shown_at_first_and_the_rest_is_offered() -> None:
    make_tree()
    layers = layers_in(cockpit(CASES))
    assert layers["cases.open_cases"]["shown"] is True
    assert {code for code, layer in layers.items() if layer["live"]} <= {
        code for code, layer in layers.items() if layer["shown"]
    }
    assert layers["geo.districts"]["shown"] is False


def test_layer_that_the_leader_may_not_see_is_not_offered() -> None:
    assert "cases.open_cases" not in layers_in(cockpit())


def test_colours_of_what_is_shown_are_explained_on_the_map() -> None:
    page = cockpit(CASES)
    strip = re.search(r'<dl data-strip="cases.open_cases">(.*?)</dl>', page, re.DOTALL)
    assert strip is not None
    assert "超时" in strip.group(1)


def test_cockpit_stands_before_a_city_was_loaded() -> None:
    assert geo.city() is None
    assert 'id="cockpit-map"' in cockpit()
