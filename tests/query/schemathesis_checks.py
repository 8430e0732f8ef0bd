"""What Schemathesis checks beside its own: refusals of requests that the document allows.

Loaded by Schemathesis in its own process (`SCHEMATHESIS_HOOKS`).
"""

from typing import Any, Final

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

BEYOND_A_SCHEMA: Final = frozenset(
    {
        ("bad_cursor", "cursor"),  # ours, and of this very question
        ("bad_value", "time_zone"),  # some six hundred names, another set on each machine
        ("changed_meanwhile", None),  # If-Match names the call's version of this moment
        ("invalid_change", "scale"),  # its min is below its max
        ("invalid_change", "criteria_id"),  # one of those that were made
        ("invalid_change", "number"),  # a telephone number in any spelling, or a SIP address
        ("too_many_rows", None),  # the calls decide
        ("no_times", None),  # a call of which nobody knows when things were said
    }
)
"""Why a well-formed request may still be refused: code, and the last part of the field at fault."""


@schemathesis.check
def nothing_allowed_is_refused(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> bool | None:
    """Fail where the document allows the request, the service refuses it, and a schema could have said so."""
    if response.headers.get("content-type", [""])[0] == "application/problem+json":
        told = response.json()
        if (told["code"], _last(told.get("field"))) in BEYOND_A_SCHEMA:
            return None
    return positive_data_acceptance(ctx, response, case)


def _last(field: str | None) -> str | None:
    return None if field is None else field.rpartition(".")[2]
