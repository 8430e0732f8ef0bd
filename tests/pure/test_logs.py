"""Log lines: JSON for machines, and nothing in them that must stay inside."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

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


def test_a_traceback_shows_no_local_variables() -> None:
    for human in (True, False):
        out = io.StringIO()
        configure(LogLevel.INFO, stream=out, human=human)
        local = "hush" + "hush"
        try:
            int(local[:1])
        except ValueError:
            logging.getLogger("aftercall.test").exception("failed")

        assert "ValueError" in out.getvalue()
        assert "hushhush" not in out.getvalue()
