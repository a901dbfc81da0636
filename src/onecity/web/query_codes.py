"""The code of what a citizen handed in, kept by his browser for the page on which he follows it."""

from dataclasses import dataclass
from typing import Final

from django.core import signing
from django.http import HttpResponseRedirect
from django.urls import reverse

from onecity.kernel.query_codes import plain_code
from onecity.web.http import CityRequest

KEPT_SECONDS: Final = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class KeptCodes:
    """Signed cookies, one a number. cookie: how their names begin. page: its name; its path holds the number."""

    cookie: str
    salt: str
    page: str

    def of(self, request: CityRequest, number: str) -> str:
        """Return the code that the browser keeps for a number; "" if none, or none that is good any more."""
        text = request.COOKIES.get(f"{self.cookie}{number}", "")
        try:
            return signing.loads(text, salt=self.salt, max_age=KEPT_SECONDS) if text else ""
        except signing.BadSignature:
            return ""

    def remember(
        self, request: CityRequest, response: HttpResponseRedirect, *, number: str, code: str
    ) -> HttpResponseRedirect:
        """Let the browser keep the code for this number's page alone; scripts cannot read it."""
        response.set_cookie(
            f"{self.cookie}{number}",
            signing.dumps(plain_code(code), salt=self.salt),
            max_age=KEPT_SECONDS,
            path=reverse(self.page, args=[number]),
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response
