"""The built assets: nothing is missing, nothing is inline, and they are served with the right headers."""

import re
import shutil
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from portal.web import assets
from portal.web.assets import OUT, REPO, STATIC, STYLES, Assets, accepts_gzip, minified_css

TEMPLATES = REPO / "templates"


@pytest.fixture(scope="session")
def built() -> Assets:
    assets.build()
    return Assets()


@pytest.fixture
async def client(built: Assets):
    async with AsyncTestClient(Litestar([assets.serve], openapi_config=None)) as client:
        yield client


def test_every_style_sheet_is_in_the_one_that_is_built():
    files = {str(path.relative_to(STATIC / "css").with_suffix("")) for path in (STATIC / "css").rglob("*.css")}
    assert files == set(STYLES)


def test_light_and_dark_differ_by_colours_alone(built: Assets):
    sheet = built.get(built.url("css/app.css").removeprefix("/static/"))
    assert sheet is not None
    assert b"light-dark(" in sheet.content
    assert b"prefers-color-scheme" not in sheet.content
    assert re.findall(rb"\[data-theme=[^{]*{([^}]*)}", sheet.content) == [b"color-scheme:light", b"color-scheme:dark"]


def test_urls_in_the_style_sheet_are_built_files(built: Assets):
    sheet = built.get(built.url("css/app.css").removeprefix("/static/"))
    assert sheet is not None
    urls = re.findall(rb"url\(([^)]*)\)", sheet.content)
    assert urls
    for url in urls:
        assert built.get(url.decode().strip('"')) is not None, url


def test_the_first_visit_stays_light(built: Assets):
    def weight(name: str) -> int:
        found = built.get(built.url(name).removeprefix("/static/"))
        assert found is not None
        return len(found.gzipped or found.content)

    fonts = [f"fonts/{name}-latin-wght-normal.woff2" for name in ("bricolage-grotesque", "atkinson-hyperlegible-next")]
    rest = ["css/app.css", "js/htmx.js", "js/app.js", "sprite.svg", "img/mark.svg"]
    assert sum(map(weight, [*fonts, *rest])) < (95_000 if assets._can_cut_fonts() else 120_000)


def test_templates_name_only_what_is_built(built: Assets):
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        for name in re.findall(r"""asset\(['"]([^'"]+)['"]\)""", text):
            assert built.url(name), (template, name)
        for name in re.findall(r"""icon\(['"]([a-z-]+)['"]""", text):
            assert name in built.icons, (template, name)


def test_templates_hold_nothing_that_the_content_security_policy_forbids():
    for template in TEMPLATES.rglob("*.html"):
        if "emails" in template.parts:
            continue
        text = template.read_text()
        assert not re.search(r"\sstyle\s*=", text), template
        assert not re.search(r"<style", text), template
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), template
        assert not re.search(r"\son[a-z]+\s*=", text), template
        assert not re.search(r"hx-on|js:|hx-trigger=\"[^\"]*\[", text), template


def test_own_scripts_stay_small():
    """Some 60 lines; what is one state machine may take a few more."""
    for script in (STATIC / "js").glob("*.js"):
        assert len(script.read_text().splitlines()) <= 75, script


def test_every_script_is_taken_in_once():
    """A custom element that is defined twice breaks all that comes behind it."""
    scripts = "".join(script.read_text() for script in (STATIC / "js").glob("*.js"))
    imported = re.findall(r'^import "\./([\w-]+\.js)";$', scripts, re.M)
    assert len(imported) == len(set(imported)) > 5


def test_the_lock_file_names_no_address():
    assert "http" not in (REPO / "package-lock.json").read_text()


def test_a_second_build_changes_nothing(built: Assets):
    before = (OUT / "manifest.json").stat().st_mtime_ns
    assets.build()
    assert (OUT / "manifest.json").stat().st_mtime_ns == before


def test_a_build_takes_the_place_of_an_older_one(built: Assets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assets, "_can_cut_fonts", lambda: False)  # which takes seconds
    out = tmp_path / "assets"
    shutil.copytree(OUT, out)
    (out / "manifest.json").write_text("{}")
    (out / "stale").touch()
    assets.build(out)
    assert not (out / "stale").exists()
    assert Assets(out).url("css/app.css").startswith("/static/app-")
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["assets"]


async def test_served_for_a_year_and_compressed(client, built: Assets):
    response = await client.get(built.url("css/app.css"), headers={"Accept-Encoding": "gzip"})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert "@font-face" in response.text


async def test_served_plain_to_who_takes_no_gzip(client, built: Assets):
    response = await client.get(built.url("js/app.js"), headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in response.headers
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "customElements" in response.text


async def test_not_sent_again_to_who_has_it(client, built: Assets):
    etag = (await client.get(built.url("sprite.svg"))).headers["ETag"]
    response = await client.get(built.url("sprite.svg"), headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["ETag"] == etag


@pytest.mark.parametrize("path", ["nothing.css", "manifest.json", "../pyproject.toml", "%2e%2e/pyproject.toml"])
async def test_other_paths_do_not_exist(client, path: str):
    assert (await client.get(f"/static/{path}")).status_code == 404


def test_css_keeps_its_meaning_when_squeezed():
    source = """
    /* don't */ a:hover , .b   > c { content: "a ; {  } /* b */" ; color : red; margin: 0 -1px }
    @media (width < 48rem) { .x :is(a, b) { inline-size: calc(100% - 2px) } }
    """
    assert minified_css(source) == (
        'a:hover,.b > c{content:"a ; {  } /* b */";color :red;margin:0 -1px}'
        "@media (width < 48rem){.x :is(a,b){inline-size:calc(100% - 2px)}}\n"
    )


@pytest.mark.parametrize(
    ("header", "accepted"),
    [("", False), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0", False), ("*", True)],
)
def test_a_browser_gets_gzip_only_if_it_says_so(header: str, accepted: bool):
    assert accepts_gzip(header) is accepted
