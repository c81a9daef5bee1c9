"""Which passwords are taken, and how they are kept."""

import subprocess
import sys
import unicodedata

import pytest

from portal.accounts.passwords import LONGEST, hashed, matches, outdated, problem_with
from portal.text.language import Reader, reading
from tests.client import text_of
from tests.world import PASSWORD, email_of

GOOD = "seven otters under ice"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("fourteen chars", "at least 15"),
        ("", "at least 15"),
        ("a" * 40, "too easily"),
        ("abababababababababab", "too easily"),
        ("passwordpassword", "too easily"),
        ("Welkom welkom 2026!", "too easily"),
        ("correct horse battery staple", "too easily"),
        ("123456789012345678", "too easily"),
        ("Noor Dijkman 12345", "too easily"),
        ("noor.dijkman noor.dijkman", "too easily"),
        ("noor.dijkman@lowland.example", "too easily"),
        ("Lowland.Example 2026!", "too easily"),
        ("x" + "äb" * LONGEST, "4,096"),
        ("fifteen chars \ud83d here", "can't be stored"),
        ("fifteen chars ÿ\udcff here", "can't be stored"),
    ],
)
def test_a_password_that_is_short_guessable_or_unstorable_is_refused(password, says):
    with reading(Reader("en")):
        assert says in problem_with(password, "Noor Dijkman", "noor.dijkman@lowland.example").replace("’", "'")


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "fifteen letters",
        "zeven otters onder het ijs",
        "пятнадцать выдр",
        "🦦🦢🌧️🪨🧭🛶🪵 otters",
        "my password is an otter",
    ],
)
def test_any_other_password_of_any_script_is_taken(password):
    assert not problem_with(password, "Noor Dijkman", "noor.dijkman@lowland.example")


def test_composition_does_not_count():
    """Neither capitals, digits nor signs are asked for."""
    assert not problem_with("seven otters under ice")


async def test_a_password_is_the_same_however_its_letters_are_composed():
    composed, decomposed = (unicodedata.normalize(form, "zeven reeën in één pré") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert await matches(decomposed, await hashed(composed))


async def test_case_and_white_space_count():
    stored = await hashed(GOOD)
    assert await matches(GOOD, stored)
    for other in (GOOD.title(), GOOD + " ", " " + GOOD, GOOD[:-1]):
        assert not await matches(other, stored)


async def test_the_whole_of_a_long_password_counts():
    stored = await hashed("otter " * 600)
    assert await matches("otter " * 600, stored)
    assert not await matches("otter " * 599 + "otteR ", stored)


@pytest.mark.parametrize("odd", ["\ud800", "x" * (LONGEST + 1), "", "\U0010ffff" * 20])
async def test_nothing_odd_breaks_the_comparison(odd):
    assert not await matches(odd, await hashed(GOOD))


async def test_it_is_kept_as_argon2id_with_a_salt_of_its_own():
    first, second = await hashed(GOOD), await hashed(GOOD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not outdated(first)


# --- changing it -------------------------------------------------------------------------------------------


async def change(browser, current=PASSWORD, new=GOOD):
    return await browser.post("/settings/password", {"current_password": current, "password": new})


async def sign_in(as_, password):
    browser = await as_(None)
    response = await browser.post("/sign-in", {"email": email_of("employee"), "password": password})
    return browser if response.status_code == 303 else None


async def test_a_change_needs_the_present_password(as_):
    browser = await as_("employee")
    response = await change(browser, current="something else entirely")
    assert response.status_code == 422
    assert "This is not your present password." in text_of(response)
    assert await sign_in(as_, GOOD) is None


@pytest.mark.parametrize(
    ("current", "says"), [("", "Give your present password."), ("wrong", "This is not your present password.")]
)
async def test_both_errors_are_shown_at_once_in_the_order_of_the_page(as_, current, says):
    said = text_of(await change(await as_("employee"), current=current, new="short"))
    assert 0 < said.index(says) < said.index("Use at least 15 characters.")


async def test_ones_own_name_is_refused(as_):
    assert "too easily" in text_of(await change(await as_("employee"), new="Noor Dijkman 1234"))


async def test_a_change_ends_all_other_sessions_and_gives_this_one_a_new_token(as_):
    here, there = await sign_in(as_, PASSWORD), await sign_in(as_, PASSWORD)
    colleague = await as_("colleague")
    before = here.http.cookies["sid"]
    response = await change(here)
    assert (response.status_code, response.headers["location"]) == (303, "/settings/sessions")
    assert here.http.cookies["sid"] != before
    assert (await here.get("/settings")).status_code == 200
    assert (await there.get("/settings")).status_code == 303
    assert (await colleague.get("/settings")).status_code == 200
    here.http.cookies.set("sid", before, domain="127.0.0.1")
    assert (await here.get("/settings")).status_code == 303
    assert await sign_in(as_, PASSWORD) is None
    assert await sign_in(as_, GOOD) is not None


async def test_no_password_is_ever_written_into_a_page(as_):
    response = await change(await as_("employee"), current="my present secret", new="my new secret")
    assert "secret" not in response.text


def test_two_first_sign_ins_at_the_same_moment_both_pass():
    """The backend loads with the module: of two threads that would load it, the later one finds a stub that refuses."""
    code = (
        "from portal.accounts.passwords import _hasher, _unknown\n"
        "later = _hasher.verify\n"
        "assert not _hasher.verify('x', _unknown)\n"
        "assert not later('x', _unknown)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
