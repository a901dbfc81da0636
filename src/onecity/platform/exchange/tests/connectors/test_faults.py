"""Killed in the middle: MariaDB's server while blocks land, and the process that writes, at any moment."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from tests.servers.mariadb import MariaDb, running_mariadb

from onecity.platform.exchange.connectors.contract import Unreachable
from onecity.platform.exchange.connectors.mysql.connector import MySqlConnector
from onecity.platform.exchange.contracts.blocks import Loading
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.tests.connectors.people import blocks, people, read_rows, rows_of, write_request

pytestmark = pytest.mark.faults
CONNECTOR = MySqlConnector()
BLOCKS = 40
SIZE = 500
_WRITER = """
import json, sys
from onecity.platform.exchange.connectors.mysql.connector import MySqlConnector
from onecity.platform.exchange.contracts.blocks import Loading
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.tests.connectors.people import blocks, write_request
options, secret, loading = json.loads(sys.argv[1])
with MySqlConnector().target(Place("mysql", options, secret), write_request(loading=Loading(loading))) as target:
    target.prepare()
    for block in blocks(count={blocks}, size={size}):
        target.land(block)
        print(block.number, flush=True)
    target.apply()
    print("applied", flush=True)
"""


@pytest.fixture
def server() -> Iterator[MariaDb]:
    """A MariaDB to be killed."""
    with running_mariadb() as found:
        yield found


def _finish(server: MariaDb, loading: Loading) -> Counts:
    """Go on with the run until it is applied, and once more."""
    with CONNECTOR.target(server.place(), write_request(loading=loading)) as target:
        target.prepare()
        for block in blocks(count=BLOCKS, size=SIZE):
            target.land(block)
        counts = target.apply()
        assert target.apply() == counts
        return counts


@pytest.mark.parametrize("loading", [Loading.SWAP, Loading.MERGE, Loading.APPEND])
def test_a_killed_server_loses_and_doubles_nothing(server: MariaDb, loading: Loading) -> None:
    for _ in range(2):
        killer = threading.Timer(0.7, server.kill)
        with pytest.raises(Unreachable):  # noqa: PT012  # whichever statement the kill meets
            killer.start()
            while True:
                with CONNECTOR.target(server.place(), write_request(loading=loading)) as target:
                    landed = target.prepare().block
                    for block in blocks(landed + 1, count=1, size=SIZE):
                        if block.number < BLOCKS:
                            target.land(block)
                        else:
                            time.sleep(0.05)
        killer.join()
        server.start()
    assert _finish(server, loading) == Counts(landed=BLOCKS * SIZE, inserted=BLOCKS * SIZE)
    assert read_rows(CONNECTOR, server.place(), block_rows=5000) == rows_of([people(1, BLOCKS * SIZE)])


@pytest.mark.parametrize("loading", [Loading.SWAP, Loading.MERGE])
@pytest.mark.parametrize("stop", ["1", "7", str(BLOCKS), "applied"])
def test_a_killed_writer_loses_and_doubles_nothing(server: MariaDb, loading: Loading, stop: str) -> None:

    place = server.place()
    writer = _WRITER.format(blocks=BLOCKS, size=SIZE)
    given = json.dumps([dict(place.options), place.secret, loading.value])
    with subprocess.Popen([sys.executable, "-c", writer, given], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == stop:
                process.kill()
                break
        process.wait(30)
    assert _finish(server, loading) == Counts(landed=BLOCKS * SIZE, inserted=BLOCKS * SIZE)
    assert read_rows(CONNECTOR, place, block_rows=5000) == rows_of([people(1, BLOCKS * SIZE)])
