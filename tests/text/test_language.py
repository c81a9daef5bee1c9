"""The interface's two languages."""

import asyncio

import pytest

from portal.text.language import LANGUAGES, Reader, best_language, gettext, lazy, reader, reading


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("nl", "nl"),
        ("nl-BE,nl;q=0.9", "nl"),
        ("de-DE,de;q=0.9,nl;q=0.8,en;q=0.7", "nl"),
        ("en-GB,nl;q=0.9", "en"),
        ("fr", "en"),
        ("*", "en"),
        ("", "en"),
        (";;;,,,", "en"),
    ],
)
def test_the_first_of_our_languages_is_taken(header, expected):
    assert best_language(header) == expected


def test_a_text_made_at_import_is_translated_when_it_is_shown():
    text = lazy("Home")
    with reading(Reader("en")):
        assert str(text) == "Home"
    with reading(Reader("nl")):
        assert str(text) == gettext("Home")


async def test_two_readers_at_the_same_time_do_not_mix():
    async def page(language):
        with reading(Reader(language)):
            await asyncio.sleep(0)
            return reader().language

    wanted = list(LANGUAGES) * 10
    assert await asyncio.gather(*(page(language) for language in wanted)) == wanted
