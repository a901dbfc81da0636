"""The ways of turning pages. A token says where a page is; JSON can keep it."""

from dataclasses import dataclass

import httpx

from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.answers import Answers
from onecity.platform.exchange.connectors.contract import NotUnderstood

Token = str | int


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it came. rows: how many it held; token: where it was."""

    response: httpx.Response
    document: object
    rows: int
    token: Token


class Paging:
    """Turns pages as a place's options say. Raises: NotUnderstood where the other side turns in circles."""

    def __init__(self, answers: Answers, url: str) -> None:
        self._kind = answers.text("paging")
        self._url = url
        self._next_path = answers.text("next_path").split(".")
        self._parameter, self._size_parameter = answers.text("page_parameter"), answers.text("size_parameter")
        self._size = max(answers.integer("page_size"), 1)
        self._first_page = answers.integer("first_page")

    def first(self) -> Token:
        """Return where the first page is."""
        begin: dict[str, Token] = {"next_link": self._url, "page": self._first_page, "cursor": ""}
        return begin.get(self._kind, 0)

    def question(self, token: Token) -> tuple[str, dict[str, str]]:
        """Return the address and the parameters of a page."""
        if self._kind == "none":
            return self._url, {}
        if self._kind == "next_link":
            return str(token), {self._size_parameter: str(self._size)} if token == self._url else {}
        parameters = {self._size_parameter: str(self._size)}
        if token != "":
            parameters[self._parameter] = str(token)
        return self._url, parameters

    def following(self, page: Page) -> Token | None:
        """Return where the next page is, None behind the last."""
        match self._kind:
            case "page":
                return int(page.token) + 1 if page.rows >= self._size else None
            case "offset":
                return int(page.token) + page.rows if page.rows >= self._size else None
            case "next_link":
                found = page.response.links.get("next", {}).get("url") or self._found(page.document)
                return self._onwards(page, str(page.response.extensions["url"].join(str(found))) if found else None)
            case "cursor":
                found = self._found(page.document)
                return self._onwards(page, None if found in {None, ""} else str(found))
        return None

    def _found(self, document: object) -> str | int | None:
        for key in self._next_path:
            document = document.get(key) if isinstance(document, dict) else None
        return document if isinstance(document, str | int) and not isinstance(document, bool) else None

    def _onwards(self, page: Page, token: str | None) -> str | None:
        if token is not None and token == str(page.token):
            raise NotUnderstood(zh("对方的翻页没有前进"))
        return token
