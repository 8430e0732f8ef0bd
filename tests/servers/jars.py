"""The jars of the tests' Kafka: fetched once from Maven Central into a cache outside the tree, their hashes checked."""

import functools
import hashlib
import os
import ssl
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from jgo.constants import MAVEN_CENTRAL_URL
from jgo.maven import MavenContext
from requests import RequestException

from tests.servers.hosts import NotStarted

LIST: Final = Path(__file__).with_name("kafka-4.1.0.jars")
"""SHA-256 and coordinates of `kafka_2.13`, `kafka-tools`, `log4j-slf4j-impl` and of what they need at run time."""
AT_ONCE: Final = 8
"""Connections to Maven Central."""


def cache() -> Path:
    """Return the directory the jars are kept in."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "aftercall" / LIST.stem


@functools.cache
def jars(directory: Path | None = None) -> Path:
    """Return the directory with the jars, fetched if need be; raise `NotStarted` if one is not as hashed."""
    directory = directory or cache()
    if not directory.is_dir():
        _fetch(listed(), to=directory)
    check(directory, hashes={_file_name(jar): digest for jar, digest in listed().items()})
    return directory


def listed() -> Mapping[str, str]:
    """Return the SHA-256 of each jar by its coordinates, as committed."""
    return {jar: digest for digest, jar in map(str.split, LIST.read_text().splitlines())}


def check(directory: Path, *, hashes: Mapping[str, str]) -> None:
    """Return if *directory* holds exactly the jars of *hashes*; raise `NotStarted` that names the first that differ."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.glob("*.jar")}
    wrong = sorted(name for name in found.keys() | hashes.keys() if found.get(name) != hashes.get(name))
    if wrong:
        raise NotStarted(
            f"{', '.join(wrong[:3])} in {directory} ({len(wrong)} in all) are not what {LIST.name} says: "
            "remove the directory and run again."
        )


def _file_name(jar: str) -> str:
    """Return the name of the file with the coordinates *jar*."""
    _, artifact, version = jar.split(":")
    return f"{artifact}-{version}.jar"


def _fetch(coordinates: Iterable[str], *, to: Path) -> None:
    """Fetch the jars beside *to*, then move them there in one step; raise `NotStarted`."""
    _trust_what_the_machine_trusts()
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent) as beside:
        new = Path(beside, "jars")
        new.mkdir()
        maven = MavenContext(repo_cache=Path(beside, "maven"), remote_repos={"central": MAVEN_CENTRAL_URL})
        try:
            with ThreadPoolExecutor(AT_ONCE) as threads:
                for jar in threads.map(lambda jar: _resolve(jar, maven=maven), coordinates):
                    jar.rename(new / jar.name)
        except (RequestException, RuntimeError) as error:
            raise NotStarted(f"Kafka's jars could not be fetched from Maven Central: {error}") from error
        if not to.is_dir():  # another run may have been quicker
            new.rename(to)


def _trust_what_the_machine_trusts() -> None:
    """Let requests ask the machine's certificates and not its own list: networks with a proxy add theirs there."""
    paths = ssl.get_default_verify_paths()
    if machine := paths.cafile or paths.capath:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", machine)


def _resolve(jar: str, *, maven: MavenContext) -> Path:
    """Return the file with the coordinates *jar*, just fetched."""
    group, artifact, version = jar.split(":")
    return Path(maven.project(group, artifact).at_version(version).artifact().resolve())
