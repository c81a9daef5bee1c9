"""What has the focus is seen: nothing that floats or sticks lies over it (WCAG 2.4.11), however small the screen."""

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
LOOK = f"() => [document.activeElement === document.body, ({COVERED})()]"
TARGETS = "a[href], button, input:not([type=hidden]), textarea, select, summary"
STEPS = 400
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


async def covered(page):
    """What is covered as one goes over the whole page while Tab is held down."""
    found: list[str] = []
    for _ in range(STEPS):
        await page.keyboard.down("Tab")
        at_end, wrong = await page.evaluate(LOOK)
        if at_end:
            break
        found += [wrong] if wrong else []
    await page.keyboard.up("Tab")
    return found


@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (1280, 600)])
async def test_nothing_lies_over_what_has_the_focus(open_page, site, long_thread, width, height):
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
        page = await open_page(who, width=width, height=height)
        for address in [address for reader, address in PAGES if reader == who]:
            await page.goto(address.format(**places))
            forth = await covered(page)
            await page.evaluate(f"[...document.querySelectorAll('{TARGETS}')].at(-1).focus()")
            await page.keyboard.down("Shift")
            back = await covered(page)
            await page.keyboard.up("Shift")
            if wrong := forth + back:
                found[who, address] = wrong
    assert found == {}
