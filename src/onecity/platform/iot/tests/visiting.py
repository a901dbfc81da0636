"""Visiting iot's pages in tests: a client of an actor, a page's text, an export's text, an alarm to look at."""

from datetime import datetime
from http import HTTPStatus

from django.test import Client

from onecity.kernel.actor import Actor
from onecity.platform.identity.tests.factories import open_session
from onecity.platform.iot.declare import Limits, Severity
from onecity.platform.iot.models import Alarm, Device
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import make_batch, make_datastream, make_rule


def client_of(actor: Actor, *, fragment: bool = False) -> Client:
    """Return a browser in which the actor has signed in."""
    client = Client(headers={"HX-Request": "true"} if fragment else None)
    client.cookies["onecity_session"] = open_session(actor.account_id)
    return client


def body(client: Client, url: str) -> str:
    """Return a page's text; it must open."""
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK, url
    return str(response.content.decode())


def exported(client: Client, url: str) -> bytes:
    """Return a file that is sent piece by piece."""
    response = client.get(url)
    assert response.streaming
    return response.getvalue()


def alarm_of(device: Device, *, at: datetime) -> Alarm:
    """Raise an alarm of a device."""
    make_rule(limits=Limits(upper=100.0), severity=Severity.MAJOR)
    stream = make_datastream(device)
    Store().record([make_batch((stream.id, at, 120.0))], now=at)
    return Alarm.objects.get()
