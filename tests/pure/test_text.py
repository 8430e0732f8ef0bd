"""Full text: what is found, what is not, and that the index never hides a match."""

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from query.snippets import found_in
from storage.text import Indexed, Phrase, index, matches, parse

CALL = index(
    texts=[
        "Xin chào, tôi là Nguyễn Đức",
        "我的手机号码是 06 12 34 56 78",
        "Straße CAFÉ ｆｕｌｌ l'hôtel",
        "สวัสดีครับ ต้องการนัดหมาย",
        "歯の予約をお願いします カタカナ",
        "أَهْلًا وَسَهْلًا",
        "two words stand here; here two",
        "costs .* $5 (net) [x]",
        "the Cloud™ of 21℃",
    ],
    phones=["+33144556677", "0 800 123-456"],
)

FOUND = [
    "nguyen duc", "NGUYỄN ĐỨC", "toi la", '"toi la nguyen"', "手机", "机号码", "我的手机号码是", "码",
    "strasse cafe full", "hotel", "l hotel", "l'hotel", '"hotel"', "นัดหมาย", "สวัสดี", "予約", "お願い",
    "カタカナ", "ｶﾀｶﾅ",
    "اهلا وسهلا", '"two words"', '"words stand"', "words two", "-zebra", '-"words two"', "two -zebra",
    "0612345678", "+33144556677", "33144556677", "0144556677", "01 44 55 66", "(01) 44-55",
    "4455", "6677", "0800 123456", "800123",
    "5", "12", "\u0301", "cloud", '"cloud of 21"', "Cloud™",
]  # fmt: skip

NOT_FOUND = [
    "nguye zebra", '"two here stand"', '"stand two"', "-two", '-"two words"', "two -stand", "手号", "カナカ",
    "9999", "0244556677", "", ".* $ ( [", "-.*", '"."',
    "cloudtm", "tm", "-0144556677", "hote1", "-手机", "345679", '"nguyen la"',
]  # fmt: skip


@pytest.mark.parametrize("question", FOUND)
def test_a_text_is_found_however_it_is_spelled(question: str) -> None:
    assert matches(parse(question), CALL)


@pytest.mark.parametrize("question", NOT_FOUND)
def test_what_is_not_said_is_not_found(question: str) -> None:
    assert not matches(parse(question), CALL)


TEXTS = st.lists(st.text(alphabet="ab éĐß12手机码ไท -.\"'", max_size=20), max_size=4)
PHONES = st.lists(st.from_regex(r"\+?[0-9 ()-]{0,12}", fullmatch=True), max_size=2)


@given(texts=TEXTS, phones=PHONES, question=st.text(alphabet='ab éđss123手机码ไท -"', max_size=12))
def test_the_index_never_hides_a_match_and_exact_parts_need_no_second_look(
    texts: list[str], phones: list[str], question: str
) -> None:
    indexed = index(texts=texts, phones=phones)
    for part in (query := parse(question)).wanted + query.unwanted:
        found = part.needle in (indexed.words if hasattr(part, "tokens") else indexed.digits)
        if found:
            assert part.terms <= indexed.terms
        elif part.exact:
            assert not part.terms <= indexed.terms


@given(text=st.text(max_size=30))
@example(text="0㍘")
def test_every_whole_word_of_a_text_finds_it(text: str) -> None:
    words = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in text).split()
    assume(words)
    word = words[0]

    assert matches(parse(word), index(texts=[text], phones=[]))


@given(texts=st.lists(st.text(alphabet="ab é\0\n12٣手机ไท +-\u0301", max_size=12), max_size=4), phones=PHONES)
def test_what_is_indexed_of_many_texts_is_what_is_indexed_of_each(texts: list[str], phones: list[str]) -> None:
    each = [index(texts=[text], phones=[]) for text in texts] + [index(texts=[], phones=[phone]) for phone in phones]

    indexed = index(texts=texts, phones=phones)

    assert indexed.terms == set().union(*(one.terms for one in each))
    assert indexed.words == "\n".join(one.words for one in each if one.words)
    assert set(indexed.digits.split()) == {run for one in each for run in one.digits.split()}


@given(st.text(max_size=40))
def test_no_question_is_an_error(question: str) -> None:
    assert isinstance(matches(parse(question), Indexed(frozenset(), "", "")), bool)


@pytest.mark.parametrize("question", ["1" * 1_000_000 + "x", '"' + "1" * 1_000_000 + 'x"'])
def test_a_long_run_of_digits_that_is_no_number_is_a_word(question: str) -> None:
    [word] = parse(question).wanted  # looked at digit by digit against digit, it took hours

    assert isinstance(word, Phrase)


def test_a_snippet_marks_the_words_and_escapes_the_rest() -> None:
    (match,) = found_in([("turns", 3, "<b>Xin chào</b> & tôi là Đức")], parse("chao duc"))

    assert (match.field, match.n) == ("turns", 3)
    assert match.snippet == "&lt;b&gt;Xin <mark>chào</mark>&lt;/b&gt; &amp; tôi là <mark>Đức</mark>"


@pytest.mark.parametrize(
    ("text", "asked", "snippet"),
    [
        ("请问您的预约时间", "预约", "请问您的<mark>预约</mark>时间"),
        ("予約をお願いします", '"願い"', "予約をお<mark>願い</mark>します"),
        ("OK 预约时间", '"ok 预约"', "<mark>OK 预约</mark>时间"),
        ("Xin chào", "chao xi", "Xin <mark>chào</mark>"),
    ],
)
def test_of_a_script_without_blanks_only_what_was_asked_is_marked(text: str, asked: str, snippet: str) -> None:
    (match,) = found_in([("turns", 1, text)], parse(asked))

    assert match.snippet == snippet


def test_places_with_most_words_come_first() -> None:
    places = [("turns", 1, "red"), ("turns", 2, "red and green and red"), ("summary", None, "none of it")]

    assert [match.n for match in found_in(places, parse("red green"))] == [2, 1]


def test_a_number_is_marked_as_it_was_written() -> None:
    (match,) = found_in([("turns", 1, "call 06 12-34 56 78 now")], parse("0612345678"))

    assert match.snippet == "call <mark>06 12-34 56 78</mark> now"


@pytest.mark.parametrize("asked", ["0144556677", "01 44 55 66 77", "+33 1 44 55 66 77", "4455"])
def test_an_international_number_that_somebody_spoke_is_found_by_its_national_spelling(asked: str) -> None:
    spoken = "call +33 1 44-55.66 (77) now"

    assert matches(parse(asked), index(texts=[spoken], phones=[]))
    assert [match.snippet for match in found_in([("turns", 1, spoken)], parse(asked))] == [
        "call +<mark>33 1 44-55.66 (77</mark>) now"
    ]
    assert not matches(parse(asked), index(texts=["call +33 2 11 22 33 44 now"], phones=[]))
