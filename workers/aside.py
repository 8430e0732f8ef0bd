"""Setting a record aside: a dead letter that tells a person what to look at, and nobody's words."""

import logging

from runtime.clock import Clock
from stream.ports import Dead
from workers import metrics
from workers.pipeline import SetAside
from workers.preview import preview
from workers.times import epoch_ms

log = logging.getLogger(__name__)


def dead_letter(aside: SetAside, *, clock: Clock) -> Dead:
    """Return *aside* as it will be kept: the whole envelope, for another try, and a preview without values."""
    record = aside.record
    return Dead(
        partition=record.partition,
        offset=record.offset,
        reason=aside.reason,
        detail=aside.detail,
        preview=preview(record.value if record.envelope is None else record.envelope.body),
        at=epoch_ms(clock()),
        envelope=record.envelope,
        value=record.value,
    )


def tell(aside: SetAside) -> None:
    """Count *aside* and log it."""
    record = aside.record
    platform = metrics.platform(record.envelope)
    metrics.SET_ASIDE.labels(platform, aside.reason).inc()
    log.warning(
        "set_aside",
        extra={
            "reason": aside.reason,
            "platform": platform,
            "partition": record.partition.number,
            "offset": record.offset,
        },
    )
