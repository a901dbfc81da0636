"""Visiting identity's pages in tests: a browser of each administrator, a page's text, a deed's outcome."""

from http import HTTPStatus

from django.test import Client

from onecity.kernel.actor import Actor
from onecity.platform.identity.models import Organisation
from onecity.platform.identity.tests.factories import make_actor, open_session

POWERS = {
    "system": ("identity.manage_accounts", "identity.observe_system", "identity.manage_system"),
    "security": ("identity.manage_roles", "identity.manage_clients"),
    "audit": ("identity.read_audit",),
}


def client_of(actor: Actor, *, fragment: bool = False) -> Client:
    """Return a browser in which the actor has signed in."""
    client = Client(headers={"HX-Request": "true"} if fragment else None)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def administrator(power: str, *, organisation: Organisation | None = None) -> tuple[Actor, Client]:
    """Return one of the three administrators, of the whole city or of one organisation, with his browser."""
    actor = make_actor(*POWERS[power], organisation=organisation)
    return actor, client_of(actor)


def body(client: Client, url: str, *, status: int = HTTPStatus.OK) -> str:
    """Return a page's text; it must answer with `status`."""
    response = client.get(url)
    assert response.status_code == status, url
    return str(response.content.decode())


def sent(client: Client, url: str, values: dict[str, object] | None = None) -> str:
    """Send a form, follow to the next page and return its text."""
    response = client.post(url, values or {}, follow=True)
    return str(response.content.decode())
