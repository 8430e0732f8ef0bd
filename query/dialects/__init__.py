"""Five call-history APIs that existing clients already speak: one folder a dialect, questions in, answers out.

A dialect is pure functions over the canonical call and the native query terms. It knows no store and no HTTP server:
what it may ask for is a `Shelf`, bound to the caller's tenant and units before the dialect sees it.
"""

from collections.abc import Mapping
from typing import Final

from query.dialects.dialect import Dialect
from query.dialects.omicall.dialect import OMICALL
from query.dialects.robotappel.dialect import ROBOTAPPEL
from query.dialects.tanyi.dialect import TANYI
from query.dialects.toolzz.dialect import TOOLZZ
from query.dialects.zenicall.dialect import ZENICALL

DIALECTS: Final[Mapping[str, Dialect]] = {each.name: each for each in (ROBOTAPPEL, OMICALL, TOOLZZ, TANYI, ZENICALL)}
