"""Visiting the catalogue's pages in tests."""

from http import HTTPStatus

from django.test import Client

from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import open_session


def client_of(actor: Actor, *, fragment: bool = False) -> Client:
    """Return a browser in which the actor has signed in."""
    client = Client(headers={"HX-Request": "true"} if fragment else None)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def body(client: Client, url: str, *, status: int = HTTPStatus.OK) -> str:
    """Return a page's text; it must answer with `status`."""
    response = client.get(url)
    assert response.status_code == status, (url, response.status_code)
    return str(response.content.decode())


def sent(client: Client, url: str, values: dict[str, object]) -> str:
    """Send a form, follow to the next page and return its text."""
    response = client.post(url, values, follow=True)
    assert response.status_code == HTTPStatus.OK, (url, response.status_code, response.content.decode()[:2000])
    return str(response.content.decode())
