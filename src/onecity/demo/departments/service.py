"""The web service of two departments: market supervision and agriculture. A token, pages of a hundred rows, one filter.

GET /market/shareholdings?page=1&size=100&citizen_id=…      Authorization: Bearer TOKEN
→ {"total": 7, "page": 1, "size": 100, "rows": [ … ]}
"""

import hmac
import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

from onecity.demo.departments.rows import Row
from onecity.demo.departments.stores import SERVICE

LARGEST: Final = 1000
PATHS: Final = {
    f"/{department}/{name}": f"{department}/{name}" for department, names in SERVICE.items() for name in names
}


class DepartmentServer(ThreadingHTTPServer):
    """Answers from the files that the seed wrote; they are read anew when they change."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], *, folder: Path, token: str) -> None:
        super().__init__(address, _Answers)
        self.token = token
        self._folder = folder
        self._rows: dict[str, tuple[int, list[Row]]] = {}

    def rows(self, name: str) -> list[Row]:
        """Return a resource's rows; none before the seed has written them."""
        path = self._folder / f"{name}.json"
        if not path.exists():
            return []
        stamp = path.stat().st_mtime_ns
        known = self._rows.get(name)
        if known is None or known[0] != stamp:
            found: list[Row] = json.loads(path.read_text(encoding="utf-8"))
            known = self._rows[name] = (stamp, found)
        return known[1]


class _Answers(BaseHTTPRequestHandler):
    server: DepartmentServer
    timeout = 30

    def do_GET(self) -> None:
        """Answer one page."""
        asked = urlsplit(self.path)
        name = PATHS.get(asked.path)
        given = self.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.server.token}".encode()):
            self._send(HTTPStatus.UNAUTHORIZED, {"error": "token"})
        elif name is None:
            self._send(HTTPStatus.NOT_FOUND, {"error": "path"})
        else:
            self._page(name, {key: values[-1] for key, values in parse_qs(asked.query).items()})

    def _page(self, name: str, given: dict[str, str]) -> None:
        page, size = given.get("page", "1"), given.get("size", "100")
        if not (page.isdigit() and size.isdigit() and int(page) >= 1 and 1 <= int(size) <= LARGEST):
            self._send(HTTPStatus.BAD_REQUEST, {"error": "page"})
            return
        rows = self.server.rows(name)
        if "citizen_id" in given:
            rows = [row for row in rows if row["citizen_id"] == given["citizen_id"]]
        first = (int(page) - 1) * int(size)
        self._send(
            HTTPStatus.OK,
            {"total": len(rows), "page": int(page), "size": int(size), "rows": rows[first : first + int(size)]},
        )

    def _send(self, status: HTTPStatus, body: dict[str, object]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Say nothing: addresses hold identity numbers, and those are in no log."""
