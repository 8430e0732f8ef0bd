"""Each system test names the protection that it rests on, and that protection can be taken out."""

import re
from pathlib import Path

from tests.sabotage import SABOTAGES

SYSTEM = Path(__file__).parent.parent / "system"


def test_what_the_system_tests_name_is_what_can_be_taken_out() -> None:
    texts = [path.read_text() for path in SYSTEM.glob("test_*_faults.py")]

    assert {word for text in texts for word in re.findall(r"SABOTAGE=([a-z-]+)[:.]", text)} == set(SABOTAGES)
    assert [text.count("async def test_") for text in texts] == [text.count('"""SABOTAGE=') for text in texts]
