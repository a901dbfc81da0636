"""Errors as SensorThings clients expect them: a code and a sentence, 400 for whatever they could have known."""

import orjson
from django.utils.translation import gettext

from onecity.kernel.errors import Invalid, OneCityError
from onecity.web.access import SignInNeeded
from onecity.web.errors import status_of
from onecity.web.hot import HotResponse

_BAD_REQUEST = 400
_WAYS = 'Bearer realm="onecity", Basic realm="onecity"'


def failed(error: OneCityError) -> HotResponse:
    """Return the answer to a request that could not be done."""
    status = _BAD_REQUEST if isinstance(error, Invalid) else int(status_of(error))
    body = {
        "code": status,
        "type": "error",
        "error": error.code,
        "message": error.sentence(gettext(error.template)),
    }
    asks = isinstance(error, SignInNeeded)
    headers = {"www-authenticate": _WAYS} if asks else {}
    return HotResponse(orjson.dumps(body), status=status, headers=headers)
