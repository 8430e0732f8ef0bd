"""Log lines: JSON for machines, and nothing in them that must stay inside."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from runtime.logs import configure
from runtime.secret import Secret
from runtime.settings import LogLevel


@pytest.fixture(autouse=True)
def _root_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level


def logged(**fields: Any) -> str:
    out = io.StringIO()
    configure(LogLevel.INFO, stream=out)
    logging.getLogger("aftercall.test").info("stored", extra=fields)
    return out.getvalue()


def test_a_line_is_one_json_object_with_its_fields() -> None:
    line = json.loads(logged(platform="vapi", updates=3))

    assert line["event"] == "stored"
    assert line["platform"] == "vapi"
    assert line["updates"] == 3
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_bodies_and_secrets_that_slip_in_are_hidden() -> None:
    text = logged(body=b'{"transcript": "hush"}', key=Secret("hush"))

    assert "hush" not in text
    assert "22 bytes" in text


def test_a_terminal_gets_words_not_json() -> None:
    out = io.StringIO()
    configure(LogLevel.INFO, stream=out, human=True)

    logging.getLogger("aftercall.test").warning("spooled")

    assert "spooled" in out.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(out.getvalue())


def failed() -> None:
    body = "hush" + "hush"
    try:
        int(body)
    except ValueError as error:
        raise RuntimeError(f"cannot use {body}") from error


@pytest.mark.parametrize("human", [True, False])
def test_a_traceback_shows_kinds_and_places_and_nothing_that_was_sent(*, human: bool) -> None:
    out = io.StringIO()
    configure(LogLevel.INFO, stream=out, human=human)
    try:
        failed()
    except RuntimeError:
        logging.getLogger("aftercall.test").exception("failed")

    assert "hushhush" not in out.getvalue()
    for word in ("ValueError", "which led to", "RuntimeError", "test_logs.py", "int(body)"):
        assert word in out.getvalue()


def test_a_traceback_of_several_shows_each() -> None:
    out = io.StringIO()
    configure(LogLevel.INFO, stream=out)
    error = ExceptionGroup("hush", [OperationFailure("hush", code=96), KeyError("hush")])

    logging.getLogger("aftercall.test").error("failed", exc_info=error)

    assert "hush" not in out.getvalue()
    assert "OperationFailure (code 96)" in out.getvalue()
    assert "KeyError" in out.getvalue()
