"""The addresses that are printed and asked are those of what runs."""

import os
from pathlib import Path

import pytest

from aftercall.directory import LOCK, held, tell_url, told_url
from aftercall.urls import base_url, reading_url
from runtime.settings import load

UP = "http://127.0.0.1:9123"


@pytest.mark.parametrize(
    ("environment", "webhooks", "calls"),
    [
        ({}, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ({"AFTERCALL_PORT": "9000"}, "http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ({"AFTERCALL_KAFKA": "kafka:9092"}, "http://127.0.0.1:8080", "http://127.0.0.1:8081"),
        ({"AFTERCALL_HOST": "::1"}, "http://[::1]:8080", "http://[::1]:8080"),
        ({"AFTERCALL_HOST": "0.0.0.0"}, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (
            {"AFTERCALL_PUBLIC_URL": "https://calls.example.com/", "AFTERCALL_KAFKA": "kafka:9092"},
            "https://calls.example.com",
            "https://calls.example.com",
        ),
    ],
)
def test_without_an_up_that_runs_they_come_from_the_settings(
    environment: dict[str, str], webhooks: str, calls: str, tmp_path: Path
) -> None:
    settings = load(environment | {"AFTERCALL_DATA": str(tmp_path)})

    assert (base_url(settings), reading_url(settings)) == (webhooks, calls)


def test_an_up_that_runs_is_asked_unless_a_port_was_set(tmp_path: Path) -> None:
    with held(tmp_path):
        tell_url(tmp_path, UP)

        for environment in ({}, {"AFTERCALL_KAFKA": "kafka:9092"}):
            settings = load({"AFTERCALL_DATA": str(tmp_path), **environment})
            assert (base_url(settings), reading_url(settings)) == (UP, UP)
        assert base_url(load({"AFTERCALL_DATA": str(tmp_path), "AFTERCALL_PORT": "1"})) == "http://127.0.0.1:1"

    assert told_url(tmp_path) is None


def test_one_that_starts_or_was_killed_tells_nothing(tmp_path: Path) -> None:
    with held(tmp_path):
        assert told_url(tmp_path) is None
    ended = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(ended, 0)

    (tmp_path / LOCK).write_text(f"{ended}\n{UP}\n")

    assert told_url(tmp_path) is None


def test_an_address_that_cannot_be_kept_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / LOCK).mkdir()

    tell_url(tmp_path, UP)

    assert told_url(tmp_path) is None
