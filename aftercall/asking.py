"""The query API as the verbs ask it: whatever goes wrong on the way is one sentence."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from aftercall.demo.token import find_token
from aftercall.urls import reading_url
from runtime.errors import CannotStart, Misconfigured
from runtime.settings import Settings

PATIENCE_S: Final = 30.0


@contextmanager
def asking(settings: Settings, *, url: str | None, token: str | None) -> Iterator[httpx.Client]:
    """Yield a client of the service at *url*; raises `CannotStart` if nobody answers, `Misconfigured` without token."""
    where = (url or reading_url(settings)).rstrip("/")
    headers = {"Authorization": f"Bearer {_token(settings, token)}"}
    try:
        with httpx.Client(base_url=where, headers=headers, timeout=PATIENCE_S) as client:
            yield client
    except (httpx.TransportError, httpx.InvalidURL) as error:
        told = f"No answer from {where} ({type(error).__name__})"
        raise CannotStart(f"{told}: start `aftercall up`, or say by --url where calls are read.") from None
    except json.JSONDecodeError:
        raise CannotStart(f"What answers at {where} is not aftercall: say by --url where calls are read.") from None


def _token(settings: Settings, given: str | None) -> str:
    token = given or find_token(settings)
    if token is None:
        raise Misconfigured("There is no token: give --token, or make a key with `aftercall keys add`.")
    if not (token.isascii() and token.isprintable()):
        raise Misconfigured("No token has such characters: give --token as `aftercall keys add` printed it.")
    return token


def checked(answer: httpx.Response) -> httpx.Response:
    """Return *answer* if it is good; raises `CannotStart` with what the API says to do if not."""
    if answer.is_success:
        return answer
    answer.read()
    try:
        told = answer.json().get("detail", answer.text)
    except ValueError:
        told = answer.reason_phrase
    raise CannotStart(f"{answer.status_code}: {told}")
