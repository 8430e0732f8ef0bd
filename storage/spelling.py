"""Text that UTF-8 cannot hold."""

from typing import Any


def spelled_out(value: Any) -> Any:
    """Return *value* (plain JSON) with lone surrogates, which no UTF-8 can hold, written as escapes; at any depth."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {spelled_out(key): spelled_out(inner) for key, inner in value.items()}
        case list():
            return [spelled_out(inner) for inner in value]
        case _:
            return value
