"""Files of calls, ordered and told of."""

from typing import Final

from query.exports import MOST_IDS
from query.formats import FORMATS
from query.openapi.schema import INTEGER, MAYBE_TEXT, TEXT, TIME, Schema, listed, members, or_null, ref, words
from query.views import EXPORTABLE
from schemas.export import Status

_ID: Final[Schema] = {"type": ["string", "integer"], "description": "A call's uid or number."}

EXPORTS: Final[dict[str, Schema]] = {
    "NewExport": {
        "oneOf": [
            members(
                {
                    "format": words(FORMATS),
                    "columns": or_null(listed(words(EXPORTABLE), minItems=1)),
                    name: schema,
                },
                required=("format", name),
            )
            for name, schema in (("ids", listed(_ID, maxItems=MOST_IDS)), ("filter", ref("Filter")))
        ]
    },
    "Export": members(
        {
            "id": TEXT,
            "url": TEXT | {"format": "uri"},
            "expires_at": TIME,
            "status": words(Status),
            "format": words(FORMATS),
            "rows": INTEGER,
            "error": MAYBE_TEXT,
        }
    ),
}
