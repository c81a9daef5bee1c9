"""Every page loads the whole style sheet and the whole sprite: no class and no icon in them is without a use."""

import re

import pytest

from portal.web.assets import REPO, STATIC

#: Classes that htmx gives to what it works on.
HTMX = re.compile(r"htmx-(request|indicator|swapping|settling|added)")
QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")
IN_JINJA = re.compile(r"\{[{%](.*?)[%}]\}", re.S)
#: Modules that draw, beside art.py: those that write a class into HTML, and those that name icons.
DRAWN = re.compile(r"class=|icon")


def words(texts):
    """What stands within quotes in these texts, in words; beginnings such as "avatar-" too, which a value completes."""
    found = set()
    for text in texts:
        for groups in QUOTED.findall(text):
            found |= set(re.findall(r"[A-Za-z][\w-]*", " ".join(groups)))
    return found


def scripts_and_modules():
    modules = [path for path in (REPO / "portal").rglob("*.py") if path.name not in ("assets.py", "settings.py")]
    sources = [path.read_text() for path in [*(STATIC / "js").glob("*.js"), *modules]]
    return [source for source in sources if DRAWN.search(source) or "document" in source]


def templates():
    return [re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.S) for path in (REPO / "templates").rglob("*.html")]


def used_classes():
    """The words of class attributes, of strings within expressions, and of strings in scripts and modules."""
    found = words([*scripts_and_modules(), *(code for page in templates() for code in IN_JINJA.findall(page))])
    for page in templates():
        for attribute in re.findall(r"\sclass=\"((?:\{[{%].*?[%}]\}|[^\"])*)\"", page, re.S):
            found |= set(re.findall(r"[A-Za-z][\w-]*", attribute))
    return found


def unused_classes(sheet, used):
    """The classes of a style sheet's selectors that nobody uses."""
    sheet = re.sub(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'|url\([^)]*\)", "", sheet, flags=re.S)
    selectors = [part for part in re.findall(r"([^{};]+)\{", sheet) if not part.strip().startswith("@")]
    classes = {name for part in selectors for name in re.findall(r"\.([A-Za-z][\w-]*)", part)}
    beginnings = {word for word in used if word.endswith("-") and len(word) > 1}

    def is_used(name):
        made = any(name.startswith(start) and name.removeprefix(start) in used for start in beginnings)
        return name in used or made or HTMX.fullmatch(name)

    return {name for name in classes if not is_used(name)}


SHEETS = sorted((STATIC / "css").rglob("*.css"))


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_every_class_of_a_style_sheet_is_used(path):
    assert unused_classes(path.read_text(), used_classes()) == set()


def test_a_class_is_described_in_one_sheet():
    homes: dict[str, str] = {}
    for path in SHEETS:
        for name in re.findall(r"^\.([\w-]+) \{", path.read_text(), re.M):
            # What print leaves out of the layout stands in the base.
            assert path.stem == "base" or homes.setdefault(name, path.stem) == path.stem, name


def test_a_class_that_nobody_uses_is_found():
    sheet = """
    /* .gone */ @layer base.more { .btn:is(.on, .off) > a.link { margin: .5em } .avatar-xs {} .avatar-huge {} }
    @media (width < 48rem) { .never { content: ".text"; background: url(a.svg) } } .htmx-request .btn {}
    """
    assert unused_classes(sheet, {"btn", "on", "link", "avatar-", "xs"}) == {"off", "avatar-huge", "never"}


def icons():
    found = set()
    for line in (STATIC / "icons.txt").read_text().splitlines():
        weight, *names = line.partition("#")[0].split() or [""]
        found |= {f"{name}-fill" if weight == "fill" else name for name in names}
    return found


def test_every_icon_of_the_sprite_is_used():
    assert len(icons()) > 20
    dock, entries = [(REPO / "templates" / name).read_text() for name in ("_dock.html", "_entries.html")]
    used = words([*scripts_and_modules(), *(code for page in templates() for code in IN_JINJA.findall(page))])
    assert 'symbol ~ ("-fill"' in dock  # an icon of the dock is filled while one is there
    used |= {f"{name}-fill" for name in words(IN_JINJA.findall(entries))}
    assert icons() - used == set()
