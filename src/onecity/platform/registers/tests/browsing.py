"""Visiting the registers' pages in tests."""

from http import HTTPStatus

from django.test import Client

from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import open_session


def browser(actor: Actor) -> Client:
    """Return a browser in which the actor has signed in."""
    client = Client()
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def text_of_page(client: Client, url: str, *, status: int = HTTPStatus.OK) -> str:
    """Return a page's text."""
    response = client.get(url)
    assert response.status_code == status, url
    return str(response.content.decode())
