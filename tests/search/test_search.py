"""The results page, suggestions, and ideas like the one that is being written."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest

from portal.db import execute, fetch_value
from portal.search.jobs import forget_words, take_in_words
from portal.search.snippets import LENGTH, folded, marked, plain, snippet
from portal.search.terms import Query, Term, words_of
from tests.client import Browser
from tests.conftest import statements
from tests.world import NOW, add_comment

HIT = re.compile(r'class="title-link" href="/\w+/(\w+)')
IDEA = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language, created_at)
    SELECT id, space, {}, 'published', {}, {}, {}, '', {}, {} FROM campaign WHERE id = {} RETURNING id, public_id
"""


@pytest.fixture
async def idea(rollback: Any, world: Any) -> Any:
    """Adds an idea; gives its public id."""

    async def add(title: str, body: str = "", *, campaign: str = "collect", language: str = "en", days: int = 0) -> str:
        written = NOW - timedelta(days=days)
        author, where = world.person_id["author"], world.campaign_id[campaign]
        row = (await execute(IDEA, author, title, body, f"<p>{body}</p>", language, written, where))[0]
        world.idea_id[title], world.idea[title] = row["id"], row["public_id"]
        return str(row["public_id"])

    return add


async def hits(browser: Browser, query: str) -> list[str]:
    """The public ids that a search finds, in their order."""
    response = await browser.get(f"/search?{query}")
    assert response.status_code == 200
    return HIT.findall(response.text)


async def test_without_words_it_says_what_can_be_looked_for(as_, world):
    for address in ("/search", "/search?q=", "/search?q=%20...%20"):
        page = await (await as_("employee")).get(address)
        assert "What are you looking for?" in page.text
        assert not HIT.findall(page.text)


async def test_the_box_is_on_every_page_and_works_without_scripts(as_, world):
    page = await (await as_("employee")).get("/")
    assert re.search(r'<form role="search" action="/search">', page.text)
    assert 'href="/search"' in page.text  # on a phone
    assert "/search" not in (await (await as_(None)).get("/sign-in")).text


async def test_what_was_found_is_marked_and_everything_is_escaped(as_, world, idea):
    body = "So <b>many</b> heronries & <script>alert(1)</script> under one roof"
    await idea("<img src=x> a heronry", body.replace("&", "&amp;").replace("<", "&lt;"))
    page = await (await as_("employee")).get("/search?q=heronries")
    assert "&lt;img src=x&gt; a <mark>heronry</mark>" in page.text
    assert "&lt;b&gt;many&lt;/b&gt; <mark>heronries</mark> &amp; &lt;script&gt;alert(1)" in page.text
    assert "<img src=x>" not in page.text
    assert "<script>alert" not in page.text
    typed = await (await as_("employee")).get("/search?q=" + quote('"><script>alert(2)</script>'))
    assert "<script>alert" not in typed.text


@pytest.mark.parametrize(
    "typed", ["'", "\\", "a' | b:* & !c", "%", "_", "<->", "a\\'b", "x" * 5000, "é" * 3000, "🦩", "ﷺ ½ ²"]
)
async def test_whatever_is_typed_is_looked_for(as_, world, typed):
    browser = await as_("employee")
    for address in ("/search?q=", "/search/suggestions?q=", "/search/similar?title="):
        assert (await browser.get(address + quote(typed))).status_code == 200


@pytest.mark.parametrize(
    "address", ["/search?q=idea&after={}", "/search?q=idea&kind={}&phase={}&period={}&language={}"]
)
@pytest.mark.parametrize("value", ["9" * 30, "-1", "²", "x", "", "'"])
async def test_what_is_no_filter_and_no_place_in_the_list_is_ignored(as_, world, address, value):
    browser = await as_("employee")
    everything = await hits(browser, "q=idea")
    assert everything
    assert await hits(browser, address.replace("{}", quote(value)).partition("?")[2]) == everything


async def test_a_space_out_of_sight_is_no_filter(as_, world):
    browser = await as_("employee")
    page = await browser.get(f"/search?q=idea&space={world.space['closed_a']}")
    assert world.space["closed_a"] not in page.text
    assert "Overwater lock" not in page.text


async def test_filters_narrow_down_and_stay_through_pages_and_kinds(as_, world, idea):
    old = await idea("A heronry", campaign="done", days=40)
    dutch = await idea("Een heronry", language="nl", campaign="open", days=3)
    browser = await as_("employee")
    assert set(await hits(browser, "q=heronry")) == {old, dutch}
    for query, expected in {
        "language=nl": [dutch],
        "language=en": [old],
        "phase=done": [old],
        "phase=collect": [dutch],
        "phase=vote": [],
        "period=week": [dutch],
        "period=year": [old, dutch],
        f"space={world.space['open']}": [dutch],
        f"space={world.space['organisation']}": [old],
        "kind=comment": [],
    }.items():
        assert sorted(await hits(browser, f"q=heronry&{query}")) == sorted(expected), query
    page = await browser.get(f"/search?q=heronry&language=nl&space={world.space['open']}")
    assert f"/search?q=heronry&amp;space={world.space['open']}&amp;language=nl&amp;kind=idea" in page.text
    assert '<option value="nl" selected>' in page.text


async def test_kinds_are_counted_and_each_has_its_tab(as_, world):
    page = await (await as_("employee")).get("/search?q=collect")
    tabs = dict(re.findall(r'id="kind-(\w+)"[^>]*>[^<]*<span class="quiet">(\d+)', page.text))
    assert tabs == {"idea": "1", "campaign": "1", "comment": "2"}
    assert "4 found" in page.text
    alone = await (await as_("employee")).get("/search?q=collect&kind=comment")
    assert "2 found" in alone.text
    assert set(HIT.findall(alone.text)) == {world.comment["collect"], world.comment["collect_reply"]}


async def test_where_nothing_holds_all_words_what_holds_some_is_shown_and_said(as_, world, idea):
    heronry = await idea("A heronry")
    browser = await as_("employee")
    assert await hits(browser, "q=heronry+quetzalcoatlus") == [heronry]
    assert "Nothing holds all these words" in (await browser.get("/search?q=heronry+quetzalcoatlus")).text
    assert "Nothing holds all these words" not in (await browser.get("/search?q=heronry")).text
    assert "Nothing found" in (await browser.get("/search?q=quetzalcoatlus")).text


MANY = """
    INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)
    SELECT campaign, space, author, 'published', 'Heronry number ' || n, '', '', '', 'en'
    FROM idea, generate_series(1, 45) n WHERE id = {}
"""


@pytest.mark.parametrize("htmx", [False, True])
async def test_pages_hold_each_hit_once(as_, world, htmx):
    await execute(MANY, world.idea_id["collect"])
    browser, address, pages = await as_("employee"), "/search?q=heronry", []
    while address:
        response = await browser.get(address, htmx=htmx)
        pages.append(HIT.findall(response.text))
        following = re.search(r'href="([^"#]+)#results" rel="next"', response.text)
        address = unescape(following[1]) if following else ""
    assert [len(page) for page in pages] == [20, 20, 5]
    assert len({public_id for page in pages for public_id in page}) == 45


async def test_a_search_sends_so_many_statements_however_much_is_found(as_, world):
    browser = await as_("employee")
    async with statements() as few:
        await browser.get("/search?q=heronry+idea")
    await execute(MANY, world.idea_id["collect"])
    async with statements() as many:
        await browser.get("/search?q=idea")
    assert len(many) == 5 <= len(few) <= 6


# --- suggestions ---


async def test_suggestions_are_titles_and_names(as_, world, idea):
    heronry = await idea("The heronry", "quetzal")
    browser = await as_("employee")
    for typed in ("heron", "HERONRY", "the her"):
        page = await browser.get(f"/search/suggestions?q={typed}")
        assert f'data-address="/ideas/{heronry}"' in page.text
        assert page.text.count('role="option"') == 1
    assert "option" not in (await browser.get("/search/suggestions?q=quetzal")).text  # that is its text
    assert f"/people/{world.person['colleague']}" in (await browser.get("/search/suggestions?q=heeswijk")).text


# --- ideas like mine ---


async def test_ideas_that_hold_half_of_the_titles_words_are_shown_those_of_the_campaign_first(as_, world, idea):
    elsewhere = await idea("A roof over the heronry", campaign="open")
    here = await idea("Paint for the roof of the heronry")
    await idea("A roof for the depot", "tiles")
    own = await idea("Heronry roof")
    address = f"/search/similar?campaign={world.campaign['collect']}&but={own}&title="
    browser = await as_("employee")
    page = await browser.get(address + quote("The heronry needs a roof"))
    assert HIT.findall(page.text)[:2] == [here, elsewhere]
    assert own not in page.text
    assert 'target="_blank"' in page.text  # what was typed stays where it is
    assert not HIT.findall((await browser.get(address + quote("The heronry needs a hundred more nests"))).text)
    assert not HIT.findall((await browser.get(address + quote("Heronry shoes"))).text), "one word of two says little"
    assert not (await browser.get(address)).text.strip()


async def test_without_scripts_they_come_with_a_preview_or_a_refusal(as_, world, idea):
    heronry = await idea("A roof over the heronry")
    browser, address = await as_("employee"), f"/campaigns/{world.campaign['collect']}/ideas"
    assert heronry not in (await browser.get(address + "/new")).text
    form = {"title": "The heronry needs a roof", "body": "", "tags": "", "language": "en", "version": "1"}
    refused = await browser.post(address, form)
    assert refused.status_code == 422
    assert HIT.findall(refused.text) == [heronry]
    shown = await browser.post(address, form | {"body": "x", "preview": "1"})
    assert HIT.findall(shown.text) == [heronry]


# --- what can be found follows what is written ---


async def _finds(browser: Browser, word: str) -> bool:
    return bool(await hits(browser, f"q={word}"))


async def test_a_new_text_is_found_and_the_old_one_is_not(as_, world, idea):
    browser = await as_("employee")
    heronry = await idea("A heronry")
    await execute("UPDATE idea SET title = 'A kestrel', body_html = '<p>nests</p>' WHERE public_id = {}", heronry)
    assert await _finds(browser, "kestrel")
    assert not await _finds(browser, "heronry")
    await execute("UPDATE comment SET body_html = '<p>An osprey</p>' WHERE id = {}", world.comment_id["collect"])
    assert await _finds(browser, "osprey")
    await execute("UPDATE comment SET state = 'removed' WHERE id = {}", world.comment_id["collect"])
    assert not await _finds(browser, "osprey")
    await execute("UPDATE campaign SET lead = 'Where do grebes nest?' WHERE id = {}", world.campaign_id["vote"])
    assert await _finds(browser, "grebe")


async def test_people_are_found_by_unit_and_by_what_they_tell(as_, world):
    browser, person = await as_("employee"), world.person_id["colleague"]
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Heronries North') RETURNING id")
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", unit, person)
    assert await hits(browser, "q=heronries") == [world.person["colleague"]]
    await execute("UPDATE org_unit SET name = 'Kestrels' WHERE id = {}", unit)
    assert not await _finds(browser, "heronries")
    await execute("UPDATE profile SET skills = ARRAY['ringing ospreys'], skills_for = 'me' WHERE person = {}", person)
    assert not await _finds(browser, "ospreys")
    await execute("UPDATE profile SET skills_for = 'colleagues' WHERE person = {}", person)
    assert await hits(browser, "q=ospreys") == [world.person["colleague"]]
    await execute("DELETE FROM identity WHERE person = {}", person)
    assert not await _finds(browser, "ospreys")


async def test_an_idea_is_found_by_what_hangs_under_it(as_, world):
    idea, space = world.idea_id["collect"], world.space_id["organisation"]
    await execute(
        "INSERT INTO attachment (idea, space, author, kind, name, file, size)"
        " SELECT id, space, author, 'application/pdf', 'heronry-plan.pdf', 'f', 1 FROM idea WHERE id = {}",
        idea,
    )
    await execute(
        "INSERT INTO correction (idea, space, author, body, body_html, language)"
        " VALUES ({}, {}, {}, 'x', '<p>kestrels</p>', 'en')",
        *(idea, space, world.person_id["author"]),
    )
    browser = await as_("employee")
    for word in ("heronry", "kestrel"):
        assert await hits(browser, f"q={word}") == [world.idea["collect"]]
    await execute("DELETE FROM attachment WHERE idea = {}", idea)
    assert not await _finds(browser, "heronry")


async def test_a_vote_and_a_comment_do_not_touch_what_is_found_of_their_idea(as_, world):
    row = "SELECT xmin::text FROM search_document WHERE idea = {}"
    idea = world.idea_id["vote"]
    before = await fetch_value(row, idea)
    versions = "SELECT ctid::text FROM search_document WHERE idea = {}"
    stood = await fetch_value(versions, idea)
    browser = await as_("employee")
    await browser.post(f"/ideas/{world.idea['vote']}/vote", htmx=True)
    await browser.post(f"/ideas/{world.idea['vote']}/comments", {"body": "Yes, a heronry."})
    assert (await fetch_value(row, idea), await fetch_value(versions, idea)) == (before, stood)
    assert await _finds(browser, "heronry")


# --- near misses ---


async def test_near_misses_are_found_once_their_words_are_taken_in_and_forgotten_with_them(as_, world, idea):
    heronry = await idea("A heronry")
    browser = await as_("employee")
    assert await hits(browser, "q=hernory") == []
    await take_in_words()
    assert await fetch_value("SELECT count(*) FROM search_fresh") == 0
    assert await hits(browser, "q=hernory") == [heronry]
    words = await fetch_value("SELECT count(*) FROM search_word")
    await take_in_words()
    assert await fetch_value("SELECT count(*) FROM search_word") == words
    await execute("UPDATE idea SET state = 'removed' WHERE public_id = {}", heronry)
    await forget_words()
    assert await fetch_value("SELECT count(*) FROM search_word WHERE word = 'heronry'") == 0
    assert await fetch_value("SELECT count(*) FROM search_word") > 0


@pytest.mark.parametrize("who", ["employee", "moderator"])
async def test_whether_a_word_stands_in_what_is_hidden_makes_no_difference(as_, world, who):
    await add_comment(world, "under", idea="collect", author="author", text="The word is bankroetje")
    await add_comment(world, "near", idea="discuss", author="author", text="We saw a bankroetjo there")
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", world.idea_id["collect"])
    await take_in_words()
    browser = await as_(who)
    found = ["bankroetjo" in (await browser.get(f"/search?q=bankroetj{end}", htmx=True)).text for end in "ea"]
    assert found == [who == "employee", True]


async def test_of_near_misses_only_the_nearest_count_and_the_most_alike_comes_first(as_, world, idea):
    further = await idea("Everybody works as before", "We work when it works, and it werkt.", language="nl")
    alike = await idea("Zo werken we werken na werken", "Laat ons werken: werken is werken.", language="nl")
    meant = await idea("Een foto van de werkbon is genoeg voor iedereen op de post", "Zonder papier.", language="nl")
    await take_in_words()
    found = await hits(await as_("employee"), "q=werkbn")
    assert found == [meant, alike]
    assert further in await hits(await as_("employee"), "q=werkt")


async def test_a_name_is_found_by_a_near_miss(as_, world):
    assert world.person["sponsor"] in await hits(await as_("employee"), "q=Haddoush")


# --- words and snippets ---


def test_words_fall_apart_at_what_is_no_letter():
    assert words_of("O’Brien’s e-mail: foto's, B-17!") == ["obriens", "e", "mail", "fotos", "b", "17"]
    assert words_of("Café café CAFÉ") == ["café"]
    assert len(words_of(" ".join(map(str, range(99))))) == 12


def test_nothing_gets_out_of_its_quotes():
    query = Query([Term(word="a'b:*\\", stems=["c|d"], stop=False, wider=["e&f"])])
    assert query.all("A") == "(('ab':A | 'cd':A) | 'ab':*A | 'ef':A)"


def test_a_snippet_shows_where_most_words_stand():
    text = "<p>" + "Nothing here. " * 40 + "A heron &amp; its <em>nest</em>. " + "Nothing there. " * 40 + "</p>"
    made = snippet(text, ["heron", "nest"])
    assert "A <mark>heron</mark> &amp; its <mark>nest</mark>." in made
    assert made.startswith("… ")
    assert made.endswith(" …")
    assert len(plain(made)) <= LENGTH + 40
    assert snippet("<p>short</p>", ["x"]) == "short"
    assert snippet("", []) == ""
    assert marked("Café", ["cafe"]) == "<mark>Café</mark>"


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("De papieren werkbon", "werkbonnen"),
        ("Het stemmen duurt te lang", "stem"),
        ("Een bel bij de sluis", "bellen"),
        ("Twee lampen en een mat", "matten"),
    ],
)
async def test_a_dutch_plural_that_doubles_its_letter_finds_the_singular_and_is_found(as_, idea, title, words):
    there = await idea(title, language="nl")
    browser = await as_("employee")
    assert await hits(browser, f"q={words}") == [there]
    assert title in (await browser.get(f"/search/similar?title={words}")).text


def test_each_word_of_a_text_is_looked_at_once_however_often_it_is_found():
    text = "qz " * 6600 + "rare " + "qz " * 20
    folded.cache_clear()
    assert "<mark>rare</mark>" in snippet(text, ["qz", "rare"])
    seen = folded.cache_info()
    assert seen.hits + seen.misses == 2 * 6621, "once to find it, once to count it"
