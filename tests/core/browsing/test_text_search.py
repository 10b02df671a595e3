"""Words in texts, against what Python finds one text after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.browsing.text_search import Texts, TextSearch
from app.core.catalog.texts import folded

# Few letters, so that words are found; of one to four bytes, with pairs that share bytes.
LETTERS = "abcAB 12#ßäÄ\u0308éÉÈ日本太𝄞🥁\udcff\n.ﬁ½Ⅷ\uff03"
TEXTS = st.text(alphabet=LETTERS, max_size=12)


def searching(*parts: dict[int, str]) -> TextSearch:
    search = TextSearch()
    for part in parts:
        texts = b"".join(folded(text).encode() + b"\0" for text in part.values())
        rows = np.array(list(part), np.int64)
        search.add(rows, Texts(rows, texts))
    return search


def naive(texts: dict[int, str], text: str, size: int) -> list[bool]:
    words = [word.lstrip("#") or word for word in folded(text).split()]
    known = {row: folded(said) for row, said in texts.items()}
    return [row in known and all(word in known[row] for word in words) for row in range(size)]


@given(
    parts=st.lists(st.dictionaries(st.integers(0, 7), TEXTS, max_size=8), max_size=3),
    text=TEXTS,
)
def test_each_word_is_found_where_python_finds_it(parts: list[dict[int, str]], text: str) -> None:
    latest: dict[int, str] = {}
    for part in parts:
        latest |= part
    assert searching(*parts).find(text, 8).tolist() == naive(latest, text, 8)


@given(texts=st.lists(TEXTS, min_size=1, max_size=5), data=st.data())
def test_any_piece_of_any_text_is_found(texts: list[str], data: st.DataObject) -> None:
    known = dict(enumerate(texts))
    said = folded(data.draw(st.sampled_from(texts)))
    first = data.draw(st.integers(0, len(said)))
    piece = said[first : data.draw(st.integers(first, len(said)))]
    assert searching(known).find(piece, len(known)).tolist() == naive(known, piece, len(known))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kick", [0, 1]),
        ("KICK 808", [1]),
        ("808 kick", [1]),
        ("#punchy", [0]),
        ("##punchy", [0]),
        ("#", [2]),
        ("c#", [2]),
        ("straße", [3]),
        ("STRASSE", [3]),
        ("cafe\u0301", [4]),
        ("kickpunchy", []),
        ("wavkick", []),
        ("kick.wav\0kick", [0]),
        ("punchy\0kick 808", []),
        ("", [0, 1, 2, 3, 4]),
        ("  ", [0, 1, 2, 3, 4]),
        ("x" * 500, []),
        ("a", [0, 1, 2, 3, 4]),
    ],
)
def test_words_are_found_wherever_they_are(text: str, found: list[int]) -> None:
    texts = ["kick.wav\nPunchy", "Kick 808.wav", "Synth C#.wav", "Strasse.wav", "Café.wav"]
    search = searching(dict(enumerate(texts)))
    assert np.flatnonzero(search.find(text, 5)).tolist() == found


def test_what_comes_later_takes_the_place_of_what_was_there() -> None:
    search = searching({0: "old", 1: "old", 3: "old"}, {1: "new", 2: "new"})
    assert search.find("old", 5).tolist() == [True, False, False, True, False]
    assert search.find("new", 5).tolist() == [False, True, True, False, False]
    search.add(np.array([0]), Texts(np.array([0]), b"newest\0"))
    assert search.find("new", 5).tolist() == [True, True, True, False, False]
    none = np.array([], np.int64)
    search.add(none, Texts(none, b""))
    assert search.find("old", 5).tolist() == [False, False, False, True, False]


def test_a_word_does_not_reach_beyond_the_last_text() -> None:
    # Its rarest letter is the last of all, and the next rarest would come two after that.
    assert searching({0: "bb", 1: "ca"}).find("abc", 2).tolist() == [False, False]


def test_nothing_is_found_in_nothing() -> None:
    assert TextSearch().find("kick", 3).tolist() == [False] * 3
    assert TextSearch().find("", 0).tolist() == []
    assert searching({0: ""}).find("kick", 1).tolist() == [False]
