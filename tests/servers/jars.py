"""The jars of the tests' Kafka: fetched once by Maven into a cache outside the tree, their hashes checked."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.servers.hosts import NotStarted

HERE: Final = Path(__file__).parent
POM: Final = HERE / "pom.xml"
HASHES: Final = HERE / "kafka-4.1.0.sha256"
FETCH_WITHIN_S: Final = 300
NO_MAVEN: Final = (
    "Kafka's jars are fetched by Maven, which is not installed: "
    "run `apt-get install maven` (it brings Java too), or start a Docker engine."
)


def cache() -> Path:
    """Return the directory the jars are kept in."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "aftercall" / "kafka-4.1.0"


def jars(directory: Path | None = None) -> Path:
    """Return the directory with the jars, fetched if need be; raise `NotStarted` if one is not as hashed."""
    directory = directory or cache()
    if not directory.is_dir():
        _fetch(directory)
    check(directory, hashes=known_hashes())
    return directory


def known_hashes() -> Mapping[str, str]:
    """Return the SHA-256 of each jar by its name, as committed."""
    rows = (line.split() for line in HASHES.read_text().splitlines())
    return {name: digest for digest, name in rows}


def check(directory: Path, *, hashes: Mapping[str, str]) -> None:
    """Return if *directory* holds exactly the jars of *hashes*; raise `NotStarted` that names the first that differ."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.glob("*.jar")}
    wrong = sorted(name for name in found.keys() | hashes.keys() if found.get(name) != hashes.get(name))
    if wrong:
        raise NotStarted(
            f"{', '.join(wrong[:3])} in {directory} ({len(wrong)} in all) are not what {HASHES.name} says: "
            "remove the directory and run again."
        )


def _fetch(directory: Path) -> None:
    """Let Maven resolve the jars beside *directory*, then move them there in one step."""
    maven = shutil.which("mvn")
    if maven is None:
        raise NotStarted(NO_MAVEN)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent) as new:
        jars_in = Path(new) / "jars"
        command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        told = subprocess.run(
            [*command, f"-DoutputDirectory={jars_in}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=FETCH_WITHIN_S,
            check=False,
        )
        if told.returncode:
            raise NotStarted(f"Maven could not fetch Kafka's jars: {told.stdout[-600:]}{told.stderr[-600:]}")
        if not directory.is_dir():  # another run may have been quicker
            jars_in.rename(directory)
