"""`aftercall.toml` is written in one step, or not at all."""

import os
from pathlib import Path

import pytest

from aftercall.toml_edit import replace
from runtime.errors import CannotStart

LONGEST_NAME = 255


def test_a_new_file_is_its_owners_alone_and_its_directory_is_made(tmp_path: Path) -> None:
    file = tmp_path / "etc" / "aftercall.toml"

    replace(file, "# ours\n")

    assert file.read_text() == "# ours\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_mode_and_owner_stay_for_the_service_must_still_read_it(tmp_path: Path) -> None:
    file = tmp_path / "aftercall.toml"
    file.write_text("# old\n")
    file.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(file, 4711, 4712)
    before = file.stat()

    replace(file, "# new\n")

    after = file.stat()
    assert file.read_text() == "# new\n"
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("# old\n")
    link = tmp_path / "aftercall.toml"
    link.symlink_to("real.toml")

    replace(link, "# new\n")

    assert link.is_symlink()
    assert (tmp_path / "real.toml").read_text() == "# new\n"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    too_long = tmp_path / ("a" * LONGEST_NAME)  # no room for the name of what is written beside it
    too_long.write_text("# old\n")

    with pytest.raises(CannotStart, match=r"cannot be written \(File name too long\): .* --config"):
        replace(too_long, "# new\n")

    assert too_long.read_text() == "# old\n"


def test_what_cannot_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "aftercall.toml"
    directory.mkdir()

    with pytest.raises(CannotStart, match="cannot be written"):
        replace(directory, "# secrets\n")

    assert list(tmp_path.iterdir()) == [directory]
