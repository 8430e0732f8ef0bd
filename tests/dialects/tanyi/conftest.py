"""A client of Tanyi."""

import pytest

from tests.dialects.tanyi.client import Client
from tests.dialects.world import DialectWorld


@pytest.fixture
def robot(world: DialectWorld) -> Client:
    return Client(world)
