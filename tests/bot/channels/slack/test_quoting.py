"""A payload's encoding is read as the standard library reads it, only sooner."""

from __future__ import annotations

from urllib.parse import quote, quote_plus, unquote_plus

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.slack.quoting import unquoted


@given(st.text())
def test_whatever_was_encoded_comes_back(text: str) -> None:
    for encoded in (quote(text), quote_plus(text), quote(text, safe="")):
        assert unquoted(encoded.encode()).decode() == unquote_plus(encoded)


@given(st.text(alphabet="%25aAfF0+ "))
def test_broken_escapes_are_read_as_the_standard_library_reads_them(text: str) -> None:
    expected = unquote_plus(text, errors="surrogateescape")

    assert unquoted(text.encode()).decode(errors="surrogateescape") == expected
