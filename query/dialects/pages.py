"""Offset pages: all five dialects count from 1 and tell an exact total."""

import msgspec


class Numbered(msgspec.Struct, frozen=True):
    """One page of an offset list and the arithmetic around it; of nothing there are 0 pages."""

    page: int
    size: int
    total: int

    @property
    def skip(self) -> int:
        """How many rows lie before the page."""
        return (self.page - 1) * self.size

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size)

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.page < self.pages

    @property
    def has_previous(self) -> bool:
        """Whether a page lies before."""
        return self.page > 1

    @property
    def next(self) -> int:
        """The page that follows, or this one."""
        return self.page + 1 if self.has_next else self.page

    @property
    def previous(self) -> int:
        """The page before, or the first."""
        return max(1, self.page - 1)
