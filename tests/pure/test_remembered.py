"""Answers kept at hand."""

from runtime.remembered import LONGEST, remembered


def test_a_short_text_is_worked_out_once_and_a_long_one_is_not_kept() -> None:
    asked: list[str | None] = []

    @remembered(most=10)
    def doubled(text: str | None, *, times: int = 2) -> str:
        asked.append(text)
        return (text or "") * times

    short, long = "a" * LONGEST, "a" * (LONGEST + 1)
    answers = [doubled(text) for text in (short, long, None, short, long, None)]

    assert answers == [2 * short, 2 * long, ""] * 2
    assert doubled(short, times=3) == 3 * short
    assert asked == [short, long, None, long, short]


def test_of_the_texts_that_were_asked_for_last_so_many_are_kept() -> None:
    asked: list[str] = []
    known = remembered(most=2)(asked.append)

    for text in ("a", "b", "a", "c", "a", "b"):
        known(text)

    assert asked == ["a", "b", "c", "b"]
