"""Why a question is not answered: one class per fixed code, each with its status; rendered as problem+json."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from http import HTTPStatus

import msgspec
from starlette.responses import Response


class Problem(Exception):
    """The request was refused; `detail` says what to do next, `facts` are members beside the fixed ones."""

    status = 500
    code = "internal"

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **facts: object) -> None:
        """Keep what is told."""
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.facts = {name: value for name, value in facts.items() if value is not None}


class Internal(Problem):
    """The fault is ours; the log knows more."""


class BadJson(Problem):
    """The body is not JSON."""

    status, code = 400, "bad_json"


class BadValue(Problem):
    """A value has the wrong type or cannot be read; `field` says which."""

    status, code = 400, "bad_value"


class UnknownWord(Problem):
    """A closed word that we do not know; `known` lists all, `nearest` the likeliest."""

    status, code = 400, "unknown_word"


class UnknownParameter(UnknownWord):
    """A parameter, filter, field or member that we do not know."""

    code = "unknown_parameter"


class TooComplex(Problem):
    """The filter is too deep, or has too many conditions or words."""

    status, code = 400, "too_complex"


class BadCursor(Problem):
    """The cursor was changed, is of another question, or of an older version."""

    status, code = 400, "bad_cursor"


class BadEventId(Problem):
    """The `Last-Event-ID` is not ours, or what happened since is no longer known."""

    status, code = 400, "bad_event_id"


class KeyMissing(Problem):
    """No key came with the request."""

    status, code = 401, "key_missing"


class KeyUnknown(Problem):
    """The key is not one of ours."""

    status, code = 401, "key_unknown"


class KeyExpired(Problem):
    """The key was valid once."""

    status, code = 401, "key_expired"


class ScopeMissing(Problem):
    """The key may not do this."""

    status, code = 403, "scope_missing"


class BadSignature(Problem):
    """A signed URL was changed."""

    status, code = 403, "bad_signature"


class NotFound(Problem):
    """Nothing is here, or nothing that this key may see: the two look the same."""

    status, code = 404, "not_found"


class MethodNotAllowed(Problem):
    """The path exists, the method on it does not; `Allow` names those that do."""

    status, code = 405, "method_not_allowed"


class NoTimes(Problem):
    """The platform did not tell when things were said."""

    status, code = 409, "no_times"


class Expired(Problem):
    """What was here is kept no longer."""

    status, code = 410, "expired"


class ChangedMeanwhile(Problem):
    """The call is not at the version that `If-Match` names."""

    status, code = 412, "changed_meanwhile"


class BadRange(Problem):
    """The range asked for lies outside the recording."""

    status, code = 416, "bad_range"


class InvalidChange(Problem):
    """A change has a wrong value, or names what cannot be changed; nothing was kept."""

    status, code = 422, "invalid_change"


class TooMany(Problem):
    """A change of more calls than one request may touch."""

    status, code = 422, "too_many"


class TooManyRows(Problem):
    """The report would be longer than anybody reads."""

    status, code = 422, "too_many_rows"


class BodyTooSlow(Problem):
    """The body did not arrive in time."""

    status, code = 408, "body_too_slow"


class TooLarge(Problem):
    """The body is above the bound."""

    status, code = 413, "too_large"


class UnsupportedType(Problem):
    """The body is declared as something else than JSON."""

    status, code = 415, "unsupported_type"


class RateLimited(Problem):
    """The key's requests of this minute are used up; `Retry-After` tells when."""

    status, code = 429, "rate_limited"


class TooSlow(Problem):
    """The question took longer than the bound and was cancelled."""

    status, code = 503, "too_slow"


class Unavailable(Problem):
    """The store does not answer now."""

    status, code = 503, "unavailable"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like *word*, None where none is."""
    lower = {each.lower(): each for each in known}
    close = get_close_matches(word.lower()[:100], lower, n=1, cutoff=0.5)
    return lower[close[0]] if close else None


def unknown(
    word: str, known: Iterable[str], *, what: str, problem: type[UnknownWord] = UnknownWord, field: str | None = None
) -> UnknownWord:
    """Return the problem that names *word*, the nearest known word and all of them."""
    words = sorted(map(str, known))
    near = nearest(word, words)
    hint = f" Did you mean {near!r}?" if near else ""
    shown = word[:100]
    return problem(
        f"Unknown {what} {shown!r}.{hint} Known: {', '.join(words) or 'none'}.", field=field, nearest=near, known=words
    )


def render(problem: Problem) -> Response:
    """Return *problem* as `application/problem+json`."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.facts,
    }
    content = msgspec.json.encode(body)
    return Response(content, problem.status, problem.headers, "application/problem+json")
