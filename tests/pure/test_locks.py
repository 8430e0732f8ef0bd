"""The lock files hold what pyproject.toml asks for, with hashes and without addresses; `make lock` writes them."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;]+)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
RUN = [*PROJECT["dependencies"], *EXTRAS["editable"], *EXTRAS["embedded"], *EXTRAS["parquet"]]
ASKED = {"requirements.lock": RUN, "requirements-dev.lock": [*RUN, *EXTRAS["dev"]]}


def pins(lock: str) -> dict[str, str]:
    found = PIN.finditer((ROOT / lock).read_text())
    return {canonicalize_name(pin["name"]): pin["version"] for pin in found}


@pytest.mark.parametrize("lock", ASKED)
def test_every_dependency_is_locked_at_a_version_it_allows(lock: str) -> None:
    locked = pins(lock)
    requirements = [Requirement(text) for text in ASKED[lock]]

    wrong = [
        str(asked) for asked in requirements if locked.get(canonicalize_name(asked.name), "") not in asked.specifier
    ]

    assert not wrong, "run `make lock`"


@pytest.mark.parametrize("lock", ASKED)
def test_every_pin_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=[a-z])", text)

    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
    assert "-index" not in text


def test_users_and_developers_run_the_same_versions() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
