"""Why a webhook is refused: each class carries its status and its one fixed word."""


class Refused(Exception):
    """The webhook was not accepted; `detail` tells the sender what to do, never what the secret was."""

    status = 500
    word = "refused"

    def __init__(self, detail: str = "") -> None:
        """Keep what is said to the sender."""
        super().__init__(detail)
        self.detail = detail


class Forged(Refused):
    """The proof is missing or wrong."""

    status, word = 401, "forged"


class Unsigned(Forged):
    """There is no proof at all."""

    word = "unsigned"


class Stale(Forged):
    """The proof is right but of another time."""

    word = "stale"


class UnknownConnection(Refused):
    """No connection has this name or path."""

    status, word = 404, "unknown_connection"


class MethodNotAllowed(Refused):
    """Webhooks are posted; `allowed` goes into the header Allow."""

    status, word = 405, "method_not_allowed"

    def __init__(self, *, allowed: str) -> None:
        """Keep what is allowed."""
        super().__init__(f"Use {allowed}.")
        self.allowed = allowed


class TooSlow(Refused):
    """The body did not arrive in time."""

    status, word = 408, "too_slow"


class TooLarge(Refused):
    """The body is above the connection's limit."""

    status, word = 413, "too_large"


class UnsupportedType(Refused):
    """The content type or encoding is none that this platform sends."""

    status, word = 415, "unsupported_type"


class Unreadable(Refused):
    """The body is not what the platform sends, or names no call."""

    status, word = 422, "unreadable"


class NotDurable(Refused):
    """The event could not be made safe now; the sender should try again."""

    status, word = 503, "unavailable"

    def __init__(self, detail: str = "", *, retry_after_s: int = 5) -> None:
        """Keep after how many seconds it is worth trying again."""
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Faulty(NotDurable):
    """Something of ours broke; it is never the sender's fault, and it may work the next time."""

    word = "internal"
