"""Calls end by age, hour by hour, as each tenant's `retention_days` says; raw events end by themselves."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from runtime.clock import Clock, utc_now
from runtime.config import Config
from storage.errors import Away, TooSlow
from storage.mongo import Database
from storage.mongo_retention import MongoRetention

EVERY_S: Final = 3600
"""Days are kept to the hour."""

log = logging.getLogger(__name__)


async def end_old_calls(database: Database, config: Callable[[], Config], *, clock: Clock = utc_now) -> None:
    """Delete what is too old, now and every hour, until cancelled; several workers doing so do no harm."""
    retention = MongoRetention(database)
    while True:
        for tenant in config().tenants:
            if tenant.retention_days is None:
                continue
            try:
                await _end(retention, tenant.id, before=clock() - timedelta(days=tenant.retention_days))
            except (Away, TooSlow):
                log.warning("retention_put_off", extra={"tenant": tenant.id, "again_s": EVERY_S})
                break
            except Exception:  # a fault with one tenant must not let every tenant's calls stay until a restart
                log.exception("retention_failed", extra={"tenant": tenant.id})
        await asyncio.sleep(EVERY_S)


async def _end(retention: MongoRetention, tenant: str, *, before: datetime) -> None:
    if ended := await retention.expire(tenant, before=before):
        log.info("calls_ended_by_age", extra={"tenant": tenant, "calls": ended})
