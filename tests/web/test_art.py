"""Drawings: the same for the same input, safe to put into a page, and small."""

import re

import pytest

from portal.web import art, assets


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    assets.build()


def test_an_icon_points_into_the_sprite():
    assert art.icon("check") == (
        f'<svg class="icon" aria-hidden="true"><use href="{assets.asset("sprite.svg")}#i-check"/></svg>'
    )


def test_a_labelled_icon_is_an_image_and_its_label_is_escaped():
    drawn = art.icon("warning", "icon-s", 'a "b" <c>')
    assert 'role="img" aria-label="a &#34;b&#34; &lt;c&gt;"' in drawn
    assert 'class="icon icon-s"' in drawn
    assert "aria-hidden" not in drawn


def test_an_unknown_icon_is_an_error():
    with pytest.raises(KeyError, match=r"icons\.txt"):
        art.icon("unicorn")


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Joris van Heeswijk", "JH"),
        ("Jan Willem de Vries", "JV"),
        ("Geert-Jan ’t Hooft", "GH"),
        ("Mei-Ling Tjon", "MT"),
        ("Özil Çelik", "ÖÇ"),
        ("Cher", "C"),
        ("van der", "vd"),
        ("  ", "?"),
        ("", "?"),
        ("<b>", "<"),
    ],
)
def test_initials_are_of_the_first_name_and_the_last_without_particles(name: str, letters: str):
    assert art.initials(name) == letters


def test_an_avatar_is_hidden_from_screen_readers_and_escaped():
    assert art.avatar("id", "<b>", False).endswith('aria-hidden="true">&lt;</span>')


def test_a_guest_is_a_tile():
    assert 'class="avatar avatar-s avatar-guest"' in art.avatar("id", "Noor Dijkman", True, "s")
    assert "avatar-guest" not in art.avatar("id", "Noor Dijkman", False)


def test_a_person_keeps_one_of_six_colours():
    assert {art.hue(f"id-{number}") for number in range(200)} == {1, 2, 3, 4, 5, 6}
    assert art.hue("k3v9") == art.hue("k3v9")


def test_tiles_follow_their_seed_and_stay_small():
    art.tiles.cache_clear()
    first = art.tiles("abc", 34, 2)
    art.tiles.cache_clear()
    assert art.tiles("abc", 34, 2) == first
    assert art.tiles("abd", 34, 2) != first
    assert len(first) < 6000


def test_tiles_have_one_of_four_colours():
    drawn = [art.tiles(f"seed-{number}") for number in range(60)]
    hues = {re.search(r'data-hue="(\w+)"', svg)[1] for svg in drawn}
    assert hues == set(art.TILE_HUES)


def test_an_answer_has_a_badge_of_its_kind():
    assert "Changed</span>" in art.answer_badge("changed")
    with pytest.raises(KeyError):
        art.answer_badge("perhaps")


def test_the_skyline_lives_in_the_sprite():
    assert "#i-skyline" in art.skyline()
    assert len(art.skyline()) < 150
