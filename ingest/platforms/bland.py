"""Bland: `X-Webhook-Signature: <hex>` over the body, one webhook a call, no event type and no delivery id."""

from typing import Final

from ingest.bland_form import CUTS, identify, signed
from ingest.source import Source

SOURCE: Final = Source(identify=identify, schemes={"native": signed}, cut=CUTS)
