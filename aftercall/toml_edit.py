"""Adding tables to `aftercall.toml` without touching what people wrote there."""

import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import InlineTable

from runtime.config_file import parse
from runtime.errors import CannotStart


def append(path: Path, table: str, row: Mapping[str, Any], *, comments: Sequence[str] = ()) -> None:
    """Add `[[table]]` with *row* to the file at *path*, with *comments* above its keys; raises `Misconfigured`.

    The file is replaced as a whole, and only by one that can be read: a service that looks at it never sees half of it.
    """
    text = with_row(read_text(path), table, row, comments=comments)
    parse(text, os.environ, name=str(path), secrets_of=())
    replace(path, text)


def with_row(text: str, table: str, row: Mapping[str, Any], *, comments: Sequence[str] = ()) -> str:
    """Return *text* with the new table at its end: in the middle, it would part a comment from what it is about."""
    fresh = tomlkit.table()
    for comment in comments:
        fresh.add(tomlkit.comment(comment))
    for name, value in row.items():
        fresh.add(name, value)
    rows = tomlkit.aot()
    rows.append(fresh)
    document = tomlkit.document()
    document.add(table, rows)
    return f"{text.rstrip()}\n\n{tomlkit.dumps(document)}".lstrip()


def inline(**values: str) -> InlineTable:
    """Return *values* as a table on one line."""
    table = tomlkit.inline_table()
    table.update(values)
    return table


def read_text(path: Path) -> str:
    """Return the file's text, "" where there is none."""
    return path.read_text() if path.exists() else ""


def replace(path: Path, text: str) -> None:
    """Put *text* in place of the file in one step; it stays readable to its owner only, for it holds secrets.

    Its directory is made where there is none; raises `CannotStart` where it cannot be written.
    """
    try:
        _replace(path.resolve(), text)
    except OSError as error:
        raise CannotStart(
            f"{path} cannot be written ({error.strerror}): mend owner and mode of it and its directory, "
            "or choose another file with --config."
        ) from None


def _replace(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        fresh = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            _take_over(file.fileno(), target)
            fresh.replace(target)
        except OSError:
            fresh.unlink()
            raise


def _take_over(descriptor: int, target: Path) -> None:
    """Give the file the mode and the owner of *target*: what root writes for a service, the service must read."""
    if not target.exists():
        os.fchmod(descriptor, 0o600)
        return
    kept, ours = target.stat(), os.fstat(descriptor)
    by_group = kept.st_mode & stat.S_IRWXG and kept.st_gid != ours.st_gid
    if by_group or kept.st_uid != ours.st_uid:
        os.fchown(descriptor, kept.st_uid, kept.st_gid)
    os.fchmod(descriptor, kept.st_mode & 0o777)
