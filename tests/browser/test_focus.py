"""What has the focus is seen: nothing that floats or sticks lies over it (WCAG 2.4.11), however small the screen."""

import asyncio

import pytest

from portal.db import close_pool, execute, open_pool

# What has the focus, and what lies over which part of it. Of a field for long texts one has to see the first line; what
# is taller than half the screen can't be seen whole.
COVERED = """() => {
    const it = document.activeElement, box = (it.closest('label') ?? it).getBoundingClientRect();
    if (it === document.body || box.height > innerHeight / 2) return null;
    const lines = it.matches('textarea') ? [.1] : [.1, .5, .9];
    const parts = [.1, .5, .9].flatMap(x => lines.map(y => [box.left + box.width * x, box.top + box.height * y]));
    const over = parts.map(([x, y]) => {
        if (x < 0 || x >= innerWidth || y < 0 || y >= innerHeight) return 'the edge of the screen';
        return document.elementFromPoint(x, y)?.closest('.jump, .dock, .guest-bar, .desk-bar, .toasts')?.className;
    }).filter(what => what && !it.closest(`.${CSS.escape(what.split(' ')[0])}`));
    return over.length ? `${it.outerHTML.slice(0, 120)} under ${[...new Set(over)]}` : null;
}"""
# One walks from a mark before the page to one behind it, and back. Each press of Tab first looks at what has the focus
# until then; at the other mark, pressing on does nothing. What floats and sticks does so by its styles alone, so it lies
# where it lies without a frame being drawn.
WATCH = f"""() => {{
    const covered = {COVERED};
    const marks = ['afterbegin', 'beforeend'].map(where => {{
        const mark = document.createElement('i');
        mark.tabIndex = 0;
        mark.style.cssText = 'position: fixed; inset: 0 auto auto 0';
        return document.body.insertAdjacentElement(where, mark);
    }});
    marks[0].focus();
    addEventListener('keydown', press => {{
        if (press.key !== 'Tab') return;
        const it = document.activeElement;
        walk.ended ||= it === marks[press.shiftKey ? 0 : 1];
        if (walk.ended) return press.preventDefault();
        if (marks.includes(it)) return;
        walk.stops += 1;
        walk.covered.push(...[covered()].filter(Boolean));
    }}, true);
}}"""
BEGIN = "() => { window.walk = {stops: 0, ended: false, covered: []} }"
AT_ONCE, AT_MOST = 40, 600
SIZES = [(320, 640), (390, 844), (1280, 600)]
PAGES = [
    ("employee", "/"),
    ("employee", "/ideas/{idea}"),
    ("employee", "/campaigns/{campaign}"),
    ("employee", "/campaigns/{campaign}/ideas/new"),
    ("sponsor", "/cases/{case}"),
    ("moderator", "/spaces/{space}/moderation"),
    ("guest_a", "/spaces/{guests}"),
]


@pytest.fixture
async def long_thread(site):
    """An idea with more comments than one page of them shows, so that the button to the newest floats."""
    idea = site.world.idea["discuss"]
    await open_pool(site.dsn, size=1)
    await execute(
        "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
        " SELECT i.id, i.space, i.author, 'published', 'Word ' || n, '<p>Word ' || n || '</p>', 'en'"
        " FROM idea i, generate_series(1, 24) n WHERE i.public_id = {}",
        idea,
    )
    await close_pool()
    return idea


async def walked(page):
    """Over how many places one comes to the other mark as Tab is held down, and what is covered on the way."""
    await page.evaluate(BEGIN)
    for _ in range(0, AT_MOST, AT_ONCE):
        await asyncio.gather(*(page.keyboard.down("Tab") for _ in range(AT_ONCE)))
        walk = await page.evaluate("() => window.walk")
        if walk["ended"]:
            break
    await page.keyboard.up("Tab")
    assert walk["ended"], (page.url, walk)
    return walk["stops"], walk["covered"]


async def test_nothing_lies_over_what_has_the_focus(open_page, site, long_thread):
    world = site.world
    places = {
        "idea": long_thread,
        "campaign": world.campaign["collect"],
        "case": world.case["decide"],
        "space": world.space["organisation"],
        "guests": world.space["closed_a"],
    }
    found = {}
    for who in dict.fromkeys(who for who, _ in PAGES):
        page = await open_page(who)
        for address in [address for reader, address in PAGES if reader == who]:
            for width, height in SIZES:
                await page.set_viewport_size({"width": width, "height": height})
                await page.goto(address.format(**places))
                await page.evaluate(WATCH)
                stops, forth = await walked(page)
                await page.keyboard.down("Shift")
                same, back = await walked(page)
                await page.keyboard.up("Shift")
                assert stops == same > 20, (address, width)
                if wrong := forth + back:
                    found[who, address, width] = wrong
    assert found == {}
