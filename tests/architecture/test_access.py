"""Every address, for every role, against the written matrix: pages, interface and hot roads alike."""

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import ANONYMOUS, EVERYTHING, Actor, system_actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.identity.services.grants import NewGrant, grant_role
from onecity.platform.identity.tests.factories import make_account, open_session
from onecity.project.reach import DOOR, MEMBER, OPEN, REFUSED, STRANGER, Door, doors, matrix, permissions_of, roles
from onecity.project.roads import ROADS
from onecity.web.access import Access, SignInNeeded, access_of

WRITTEN = Path("tests/architecture/access_matrix.csv")


class Threshold:
    """Stands behind all that lets in or keeps out: who comes this far has reached a page, which need not be made.

    Operations of the interface judge by themselves, in their own view: they are called.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, _: HttpRequest, view: Callable[..., HttpResponse], __: object, ___: object
    ) -> HttpResponse | None:
        rule = access_of(view)
        return None if rule is not None and rule.kind == "operation" else HttpResponse(status=204)


@cache
def written() -> dict[tuple[str, str], dict[str, str]]:
    with WRITTEN.open(encoding="utf-8") as file:
        return {(row["method"], row["route"]): row for row in csv.DictReader(file)}


def test_matrix_is_the_one_on_record() -> None:
    """A change of who reaches what shows in review. Write it anew with `manage access_matrix`."""
    with WRITTEN.open(encoding="utf-8") as file:
        assert list(csv.reader(file)) == matrix()


def test_every_address_has_a_rule() -> None:
    assert [f"{door.method} {door.route}" for door in doors() if door.rule is None] == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", roles())
def test_role_reaches_exactly_what_the_matrix_says(role: str, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.{Threshold.__name__}"]
    client = Client(raise_request_exception=False)
    if role != STRANGER:
        account = make_account()
        if role != MEMBER:
            grant_role(system_actor("test"), new=NewGrant(account.id, role), now=clock.real_now())
        client.cookies["onecity_session"] = open_session(account.id, secret="matrix")
        client.defaults["HTTP_ACCEPT"] = "application/json"  # hundreds of refusals, said briefly
    wrong = []
    for door in doors():
        if not door.hot and door.route not in {"/sign-out"}:
            met = meet(client, door)
            if met != written()[door.method, door.route][role]:
                wrong.append(f"{door.method} {door.route}: {met}")
    assert wrong == []


@pytest.mark.parametrize("role", roles())
def test_role_reaches_exactly_what_the_matrix_says_on_hot_roads(role: str) -> None:
    wrong = []
    for road in ROADS:
        actor = ANONYMOUS
        if role != STRANGER:
            actor = Actor("account", 1, "", None, dict.fromkeys(permissions_of(role), frozenset({EVERYTHING})))
        met = OPEN
        try:
            road.access.check(actor)
        except SignInNeeded:
            met = DOOR
        except NotPermitted:
            met = REFUSED
        if met != written()[road.method, road.path][role]:
            wrong.append(f"{road.method} {road.path}: {met}")
    assert wrong == []


def meet(client: Client, door: Door) -> str:
    """Call an address and say what one met: the door, a refusal, or neither."""
    send = {"GET": client.get, "POST": client.post, "PUT": client.put, "PATCH": client.patch, "DELETE": client.delete}
    answer: Any = send[door.method](door.example)
    if answer.status_code == 401 and door.rule == Access("public"):
        return OPEN  # devices show what is their own there
    if answer.status_code == 401 or (answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")):
        return DOOR
    return REFUSED if answer.status_code == 403 else OPEN
