"""docs/operations.md is whole: a setting or a metric without a line there, or a line about none, fails."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from runtime.settings import KNOWN

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = (ROOT / "docs" / "operations.md").read_text()
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
    assert sorted(re.findall(r"^\| `aftercall_.*$", PAGE, re.MULTILINE)) == sorted(metrics())


def test_every_setting_has_its_line_and_every_line_its_setting() -> None:
    assert re.findall(r"^\| `(AFTERCALL_\w+)`", PAGE, re.MULTILINE) == list(KNOWN)
