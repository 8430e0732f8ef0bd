"""What a key is."""

from starlette.responses import Response

from query.asked import Asked, json_response


async def me(asked: Asked) -> Response:
    """Answer with the caller's own key."""
    asked.only()
    key = asked.caller.key
    return json_response(
        {
            "tenant": asked.tenant.id,
            "key": key.id,
            "scopes": list(key.scopes),
            "requests_per_minute": key.requests_per_minute,
            "units": None if key.units is None else list(key.units),
        }
    )
