"""How a store fails, one class for each thing to do about it."""


class Away(Exception):
    """The store does not answer now; nothing is known to be written, the same call may be made again."""


class Refused(Away):
    """The store does not know our user, or not this right of it: somebody has to mend that."""


class TooSlow(Exception):
    """The question took longer than its bound and was cancelled in the store."""


class Changed(Exception):
    """The call is no longer at the revision that the change was meant for; nothing was written."""


class Full(Exception):
    """The call holds as much as a document can; nothing was written."""


class Lost(Exception):
    """What happened since is no longer known; begin anew."""


class Slow(Exception):
    """The reader took its changes too slowly and was cut off."""
