"""Kill -9 of the courier under load: every notification that was written reaches its receiver."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import asyncpg
import pytest
from tests.gateways.harness import Process, until, url_of_database

from onecity.kernel import clock
from onecity.platform.iot.models import ContextNotice, ContextSubscription

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
NOTICES = 600
_NOTICE = """
    INSERT INTO iot_ngsi_notice (subscription_id, content, made_at, due_at, attempts)
    SELECT $1, jsonb_build_object('entities', jsonb_build_array(jsonb_build_object('uri', 'urn:e:' || n, 'types',
        jsonb_build_array('urn:t:t'), 'scopes', '[]'::jsonb, 'attributes', '{}'::jsonb, 'deleted_at', '',
        'created_at', '2026-03-10T04:00:00.000000Z', 'modified_at', '2026-03-10T04:00:00.000000Z'))), now(), now(), 0
    FROM generate_series(1, $2) n
"""


class Inbox(BaseHTTPRequestHandler):
    got: set[str] = set()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.got.add(body["data"][0]["id"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def inbox() -> Iterator[int]:
    Inbox.got.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Inbox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_killed_courier_loses_no_notification(inbox: int) -> None:
    now = clock.real_now()
    endpoint = {"uri": f"http://127.0.0.1:{inbox}/"}
    wish = ContextSubscription.objects.create(
        uri="urn:s:1", kind="entities", definition={"notification": {"endpoint": endpoint}}, everything=True,
        created_at=now, modified_at=now,
    )  # fmt: skip
    courier = Process(command="ngsi_courier", settings={"ONECITY_NGSI_HOSTS": "127.0.0.1"})

    async def write() -> None:
        line = await asyncpg.connect(url_of_database())
        await line.execute(_NOTICE, wish.id, NOTICES)
        await line.execute("SELECT pg_notify('iot_ngsi_notice', '')")
        await line.close()

    asyncio.run(write())
    until(lambda: len(Inbox.got) >= 50, what="first notifications")
    courier.kill()
    assert len(Inbox.got) < NOTICES
    ContextNotice.objects.update(due_at=now)  # as when the time for which they were held has passed
    courier.start()
    until(lambda: not ContextNotice.objects.exists(), what="all notifications")
    courier.stop()
    assert len(Inbox.got) == NOTICES
    wish.refresh_from_db()
    assert wish.failed == 0
