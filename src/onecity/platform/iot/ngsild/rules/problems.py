"""The errors of the interface, each with the type that the standard gives it."""

from typing import Final

PREFIX: Final = "https://uri.etsi.org/ngsi-ld/errors/"


class Problem(Exception):
    """A request that cannot be carried out, in the words of the standard.

    Source: ETSI GS CIM 009 V1.8.1, clauses 5.5.2, 6.3.2.
    """

    name = "InternalError"
    status = 500
    title = "Internal error"

    def __init__(self, detail: str = "", *, title: str | None = None) -> None:
        self.detail = detail
        self.shown_title = title or self.title
        super().__init__(detail or self.title)

    def body(self) -> dict[str, object]:
        """Return the problem details."""
        found: dict[str, object] = {"type": PREFIX + self.name, "title": self.shown_title, "status": self.status}
        if self.detail:
            found["detail"] = self.detail
        return found


class InvalidRequest(Problem):
    """The request itself is not of the interface's form."""

    name, status, title = "InvalidRequest", 400, "Invalid request"


class BadRequestData(Problem):
    """The request's content breaks a rule of the standard."""

    name, status, title = "BadRequestData", 400, "Bad request data"


class AlreadyExists(Problem):
    """Something with this identifier is there already."""

    name, status, title = "AlreadyExists", 409, "Already exists"


class Conflicts(Problem):
    """What is asked contradicts what stands."""

    name, status, title = "Conflict", 409, "Conflict"


class OperationNotSupported(Problem):
    """The broker does not do this."""

    name, status, title = "OperationNotSupported", 422, "Operation not supported"


class ResourceNotFound(Problem):
    """There is no such thing, or it may not be seen."""

    name, status, title = "ResourceNotFound", 404, "Resource not found"


class TooComplexQuery(Problem):
    """The query is more than the broker takes on."""

    name, status, title = "TooComplexQuery", 403, "Too complex query"


class TooManyResults(Problem):
    """The answer would be larger than the broker gives."""

    name, status, title = "TooManyResults", 403, "Too many results"


class ContextNotAvailable(Problem):
    """A JSON-LD context could not be read."""

    name, status, title = "LdContextNotAvailable", 503, "JSON-LD context not available"


class NonexistentTenant(Problem):
    """Nothing was ever kept under this tenant."""

    name, status, title = "NonexistentTenant", 404, "Non-existent tenant"


class NotAllowed(Problem):
    """The resource has no such method."""

    name, status, title = "InvalidRequest", 405, "Method not allowed"


class NotAcceptable(Problem):
    """None of the media types that the client takes can be given."""

    name, status, title = "InvalidRequest", 406, "Not acceptable"


class LengthRequired(Problem):
    """The request has a body and does not say how long it is."""

    name, status, title = "InvalidRequest", 411, "Length required"


class UnsupportedMediaType(Problem):
    """The body is of a kind that this operation does not take."""

    name, status, title = "InvalidRequest", 415, "Unsupported media type"


class SignInRequired(Problem):
    """Nobody has signed in, and this is not open to everybody. House rule: the standard leaves access to others."""

    name, status, title = "Unauthorized", 401, "Sign in first"


class Forbidden(Problem):
    """The client is known and may not do this. House rule."""

    name, status, title = "Forbidden", 403, "Not permitted"


class Unreachable(Problem):
    """The database does not answer now; the same request may succeed later. House rule."""

    name, status, title = "InternalError", 503, "Temporarily unavailable"
