"""What is deployed agrees with what is built: no engine runs here, so its files are checked against ours."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types, and this is its only use

from ingest import errors
from ingest.errors import Refused
from runtime.settings import load

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE: Final = (ROOT / "deploy" / "Dockerfile").read_text()
OPERATIONS: Final = (ROOT / "docs" / "operations.md").read_text()
SCRAPED: Final[list[dict[str, Any]]] = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text())[
    "scrape_configs"
]
RULES: Final[list[dict[str, Any]]] = [
    rule for group in yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
REASONS: Final = {kind.word for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refused)}
OURS: Final = {name: row for name, row in COMPOSE["services"].items() if row["image"] == "aftercall"}


@pytest.mark.parametrize("name", OURS)
def test_a_service_is_told_only_settings_that_exist(name: str) -> None:
    settings = load(OURS[name]["environment"])

    assert settings.kafka
    assert settings.mongo_url


def copied() -> set[str]:
    """Return the packages that the image holds."""
    return set(re.findall(r"^COPY (\w+) /app/\1$", DOCKERFILE, re.MULTILINE))


def test_the_image_holds_every_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert copied() == set(packages)
    assert {f"!{package}" for package in packages} <= set(ignored)


def test_what_the_image_holds_is_enough_to_list_every_verb(tmp_path: Path) -> None:
    for package in copied():
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    libraries = sysconfig.get_path("purelib")

    # -S: without the paths that an editable installation adds, our packages are those of the image alone.
    listed = subprocess.run(
        [sys.executable, "-S", "-m", "aftercall", "--help"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{libraries}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert listed.returncode == 0, listed.stderr
    assert "dead-letters" in listed.stdout


def test_the_image_runs_without_rights_on_hashed_dependencies() -> None:
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"^USER 10001", DOCKERFILE, re.MULTILINE)
    lock = (ROOT / "deploy" / "requirements.lock").read_text()
    assert len(re.findall(r"^\S+==", lock, re.MULTILINE)) == len(re.findall(r"==.*\\\n    --hash=", lock))


def test_the_image_pins_the_versions_that_are_tested() -> None:
    def pins(path: Path) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", path.read_text(), re.MULTILINE))

    assert pins(ROOT / "deploy" / "requirements.lock") <= pins(ROOT / "requirements-dev.lock")


def test_health_is_asked_where_each_service_listens() -> None:
    ports = {"ingest": 8080, "query": 8081, "worker": 8082}

    assert {row["job_name"]: row["dns_sd_configs"][0]["port"] for row in SCRAPED} == ports
    for name, port in ports.items():
        assert f":{port}/readyz" in OURS[name]["healthcheck"]["test"][-1]


def test_what_was_accepted_outlives_the_container() -> None:
    assert "spool:/data" in OURS["ingest"]["volumes"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_an_alarm_asks_for_metrics_labels_and_words_that_exist(rule: dict[str, Any]) -> None:
    told = re.findall(r"^\| `(aftercall_\w+)` \| \w+ \| (.*?) \|", OPERATIONS, re.MULTILINE)
    labels = {name: set(names.split(", ")) for name, names in told}
    jobs = {row["job_name"] for row in SCRAPED}

    for name, chosen in re.findall(r"(aftercall_\w+|up)(?:\{(.*?)\})?", rule["expr"]):
        for label, words in re.findall(r'(\w+)=~?"(.*?)"', chosen):
            assert label in (labels[name] if name != "up" else {"job"})
            known = {"reason": REASONS, "job": jobs, "status": {"5.."}}[label]
            assert set(words.split("|")) <= known
        assert name in {*labels, "up"}
    for label in re.findall(r"\$labels\.(\w+)", str(rule["annotations"])):
        assert label in {"job", "instance"} or any(label in names for names in labels.values())
    assert set(rule["annotations"]) == {"summary", "remedy"}


def test_prometheus_is_given_the_rules_that_it_names() -> None:
    [file] = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text())["rule_files"]

    assert f"./deploy/{file}:/etc/prometheus/{file}:ro" in COMPOSE["services"]["prometheus"]["volumes"]
    assert (ROOT / "deploy" / file).is_file()
