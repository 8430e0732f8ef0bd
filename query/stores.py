"""Everything the query API keeps calls and what belongs to them in, one port a noun."""

import msgspec

from storage.ports.dialects import CallStreams, CallSums, CallWindows, Names, Registers
from storage.ports.query import (
    BatchReader,
    CallEditor,
    CallFeed,
    CallReader,
    CallReports,
    CriteriaKeeper,
    Eraser,
    EventReader,
    ExportKeeper,
)


class Stores(msgspec.Struct, frozen=True, kw_only=True):
    """The ports; `aftercall` chooses their adapters."""

    reader: CallReader
    events: EventReader
    editor: CallEditor
    criteria: CriteriaKeeper
    reports: CallReports
    batches: BatchReader
    eraser: Eraser
    feed: CallFeed
    exports: ExportKeeper
    windows: CallWindows
    sums: CallSums
    names: Names
    streams: CallStreams
    registers: Registers
