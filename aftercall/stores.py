"""Choose MongoDB for every port of the query API."""

from query.stores import Stores
from runtime.clock import Clock, utc_now
from storage.mongo import Database
from storage.mongo_batches import MongoBatches
from storage.mongo_criteria import MongoCriteria
from storage.mongo_edits import MongoEditor
from storage.mongo_erasure import MongoEraser
from storage.mongo_exports import MongoExports
from storage.mongo_feed import MongoFeed
from storage.mongo_names import MongoNames
from storage.mongo_raw import MongoRaw
from storage.mongo_reader import MongoReader
from storage.mongo_registers import MongoRegisters
from storage.mongo_reports import MongoReports
from storage.mongo_streams import MongoStreams
from storage.mongo_sums import MongoSums
from storage.mongo_windows import MongoWindows


def mongo_stores(database: Database, *, clock: Clock = utc_now) -> Stores:
    """Return every port on *database*, which is set up."""
    return Stores(
        reader=MongoReader(database),
        events=MongoRaw(database),
        editor=MongoEditor(database, clock=clock),
        criteria=MongoCriteria(database),
        reports=MongoReports(database),
        batches=MongoBatches(database),
        eraser=MongoEraser(database, clock=clock),
        feed=MongoFeed(database),
        exports=MongoExports(database),
        windows=MongoWindows(database),
        sums=MongoSums(database),
        names=MongoNames(database),
        streams=MongoStreams(database),
        registers=MongoRegisters(database),
    )
