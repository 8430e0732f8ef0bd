"""The pages on running it are whole: a setting, metric or key without a line there, or a line about none, fails."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from runtime.config import Connection, DialectSettings, Key, Options, Tenant, UnitConfig
from runtime.settings import KNOWN

ROOT: Final = Path(__file__).parents[2]
OPERATIONS: Final = ROOT / "docs" / "operations.md"
METRIC: Final = r"^\| `aftercall_.*$"
PACKAGES: Final = ("runtime", "stream", "storage", "ingest", "workers", "query", "aftercall")


def metrics() -> Iterator[str]:
    """Yield the line of each metric that any of our modules makes."""
    for package in PACKAGES:
        found = importlib.import_module(package)
        for module in pkgutil.walk_packages(found.__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    made = {id(metric): metric for metric in REGISTRY._names_to_collectors.values()}
    for metric in made.values():
        if isinstance(metric, MetricWrapperBase) and metric._name.startswith("aftercall_"):
            name = metric._name + ("_total" if metric._type == "counter" else "")
            labels = ", ".join(metric._labelnames) or "–"
            yield f"| `{name}` | {metric._type} | {labels} | {metric._documentation} |"


def test_every_metric_has_its_line_and_every_line_its_metric() -> None:
    told = re.findall(METRIC, OPERATIONS.read_text(), re.MULTILINE)

    assert told == sorted(metrics()), "write the table anew: python -m tests.pure.test_operations"


def events() -> Iterator[tuple[str, str]]:
    """Yield event and level of each line that any of our modules logs."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for level, event in re.findall(r'\blog\.(info|warning|error|exception)[(,]\s*"(\w+)"', path.read_text()):
                yield event, "error" if level == "exception" else level


def test_every_log_event_has_its_line_and_every_line_its_event() -> None:
    told = re.findall(r"^\| `(\w+)` \| (info|warning|error) \|", OPERATIONS.read_text(), re.MULTILINE)

    assert told == sorted(set(events()))


def test_every_setting_has_its_line_and_every_line_its_setting() -> None:
    assert re.findall(r"^\| `(AFTERCALL_\w+)`", OPERATIONS.read_text(), re.MULTILINE) == list(KNOWN)


@pytest.mark.parametrize("shape", [Tenant, UnitConfig, Connection, Options, Key, DialectSettings])
def test_every_key_of_the_file_is_explained(shape: type[msgspec.Struct]) -> None:
    explained = set(re.findall(r"[`{ ](\w+)[`, }]", (ROOT / "docs" / "configuration.md").read_text()))

    assert set(shape.__struct_encode_fields__) <= explained


def write() -> None:
    """Write the table of metrics anew, from the code."""
    page = OPERATIONS.read_text()
    head, *_ = re.split(METRIC, page, maxsplit=1, flags=re.MULTILINE)
    tail = re.split(METRIC, page, flags=re.MULTILINE)[-1]
    OPERATIONS.write_text(head + "\n".join(sorted(metrics())) + tail)


if __name__ == "__main__":
    write()
