"""What dialects search and order by: texts without case and diacritics, digits of numbers, a start for each. Pure."""

import unicodedata
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from runtime.remembered import remembered
from schemas.figures import figure
from schemas.words import Platform

_ALIKE: Final = {ord("đ"): "d", ord("ø"): "o", ord("ł"): "l", ord("ı"): "i"}
"""Letters that Unicode does not take apart though people do."""
LONGEST: Final = 10_000
"""Characters of a column that a part is looked for in: no summary has more, and a document has room for them."""
OWN_SECONDS: Final = {Platform.TOOLZZ: "duration", Platform.TANYI: "chatDuration"}
"""Members of `ext` in which a platform's own API tells how long a call was, whatever became of it."""
OWN_IDS: Final = {Platform.TOOLZZ: "id"}
"""Members of `ext` by which a platform's own API names a call beside its call id."""
_RECORD_DIGITS: Final = 9  # below 1 000 000 000, where our own numbers begin
_NUMBERS: Final = ("from", "to", "customer_number")


def folded(text: str) -> str:
    """Return *text* in lower case without diacritics; blanks and punctuation stay, for a part may hold them."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in apart if not unicodedata.combining(character)).translate(_ALIKE)


@remembered(most=1024)
def digits(number: str) -> str:
    """Return the digits of *number*."""
    return "".join(character for character in number if character.isdecimal())


def columns(facts: Mapping[str, Any], *, call_id: str, extracted: Any = None) -> dict[str, Any]:
    """Return what is kept of *facts* for dialects: texts to search by a part under `folded`, and what they order by."""
    agent, batch, customer = (facts.get(name, {}) for name in ("agent", "batch", "customer"))
    numbers = dict.fromkeys(digits(number) for name in _NUMBERS if (number := facts.get(name)))
    texts = {
        "title": facts.get("title"),
        "agent_name": agent.get("name"),
        "batch_name": batch.get("name"),
        "summary": facts.get("summary"),
        "note": facts.get("note"),
        "first_name": customer.get("first"),
        "last_name": customer.get("last"),
        "customer_name": customer.get("full"),
        "call_id": call_id,
    }
    kept = {name: folded(text[:LONGEST]) for name, text in texts.items() if text}
    if numbers:
        kept["digits"] = "".join(f"{number} " for number in numbers if number)
    kept_for_lists = {"folded": kept, "begun_at": facts.get("started_at", facts.get("created_at"))}
    if extracted is not None:
        kept_for_lists["extracted"] = digest(extracted)
    return kept_for_lists


def own_id(ext: Mapping[str, Any], *, platform: Platform) -> dict[str, str]:
    """Return the platform's other name of a call, under `own_id`."""
    named = ext.get(OWN_IDS.get(platform, ""))
    return {"own_id": named} if isinstance(named, str) else {}


def own_seconds(ext: Mapping[str, Any], *, platform: Platform, duration_s: float | None, talk_s: float) -> int | float:
    """Return how long a call was by its platform's own API, which its dialect shows; of all others the talk."""
    told = figure(ext.get(OWN_SECONDS.get(platform, "")))
    if told is None and platform is Platform.TOOLZZ:
        told = duration_s
    return talk_s if told is None else told


def record_id(call_id: str, *, platform: Platform) -> dict[str, int]:
    """Return Tanyi's integer of its own call, negated, under `record`.

    What is absent is least in MongoDB: rising, those without one come first, and the others from the largest on.
    """
    small = platform is Platform.TANYI and call_id.isascii() and call_id.isdigit() and len(call_id) <= _RECORD_DIGITS
    return {"record": -int(call_id)} if small else {}


def digest(extracted: Any) -> str:
    """Return what an extracted value is compared by: equal JSON has an equal digest."""
    return blake2b(msgspec.json.encode(extracted, order="deterministic"), digest_size=12).hexdigest()
