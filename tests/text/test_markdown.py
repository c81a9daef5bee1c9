"""Markdown: what people write becomes clean HTML, whatever they write."""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec, module_from_spec

import pytest
from markupsafe import Markup

from portal.text.markdown import LONGEST, LONGEST_HTML, TAGS, excerpt, to_html
from portal.text.mentions import shown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='javascript:alert(1)'>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#x0A;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    "[x](<javascript:alert(1)>)",
    "javascript://a.example/%0Aalert(1) vbscript:x data:text/html,x file:///etc/passwd ftp://a.example",
    'https://a.example/"onmouseover=alert(1) https://a.example/<script>alert(1)</script>',
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](javascript:alert(1))",
    '[x](https://a.example "onmouseover=alert(1)")',
    '[x](https://a.example "@{kpgvJgYvTDWx} <img src=x onerror=alert(1)>")',
    "[x](https://a.example' onmouseover=\"alert(1))",
    "```<script>\n</code></pre><script>alert(1)</script>\n```",
    "```html onclick=alert(1)\nx\n```",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "</div></main><form action=https://evil.example><input name=password>",
    "<style>*{display:none}</style>",
    "<a href=x style=position:fixed id=main class=btn data-x=1 hx-get=/>x</a>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content=0>",
    "\x00<script>",
    "<<script>script>alert(1)<</script>/script>",
]
SAFE = r"(?:https?:|mailto:|(?![A-Za-z][A-Za-z0-9+.-]*:))"  # an address without a scheme stays in the house
ALLOWED_TAG = re.compile(rf"</?({'|'.join(TAGS)})(?: (?:href=\"{SAFE}[^\"<>]*\"|rel=\"[a-z ]+\"|start=\"\d+\"))*>")


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_but_plain_tags_and_safe_links_comes_out(attack):
    html = to_html(attack)
    rest = ALLOWED_TAG.sub("", html)
    assert "<" not in rest, html
    for found in re.findall(r'href="([^"]*)"', html):
        assert re.match(SAFE, found), html


def test_text_is_shown_as_it_was_written():
    assert to_html("<b>1 < 2 & 3</b>") == "<p>&lt;b&gt;1 &lt; 2 &amp; 3&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("**a** *b* `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("a\\\nb", "<p>a<br>\nb</p>\n"),
        ("---", "<hr>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_plain_html(source, html):
    assert to_html(source) == html


@pytest.mark.parametrize("level", range(1, 7))
def test_headings_keep_the_pages_outline(level):
    html = to_html("#" * level + " A")
    assert html == f"<h{3 if level <= 3 else 4}>A</h{3 if level <= 3 else 4}>\n"
    assert to_html("A\n=").startswith("<h3>")


@pytest.mark.parametrize(
    "address", ["https://a.example/x?y=z", "http://a.example", "mailto:a@b.example", "//a.example/x"]
)
def test_links_lead_out_without_telling_where_from(address):
    assert to_html(f"[x]({address})") == f'<p><a href="{address}" rel="noopener noreferrer nofollow">x</a></p>\n'


@pytest.mark.parametrize(
    ("source", "address", "after"),
    [
        ("https://a.example/x?y=z. En", "https://a.example/x?y=z", ". En"),
        ("(https://a.example/a_(b))", "https://a.example/a_(b)", ")"),
        ("zie http://intranet:8000/a/__init__.py", "http://intranet:8000/a/__init__.py", ""),
        ("mailto:noor@a.example, graag", "mailto:noor@a.example", ", graag"),
    ],
)
def test_an_address_that_was_merely_typed_is_a_link(source, address, after):
    link = f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>'
    assert to_html(source) == f"<p>{source[: source.index(address)]}{link}{after}</p>\n"


@pytest.mark.parametrize("source", ["plan.nl", "www.a.example", "//a.example", "ftp://a.example", "noor@a.example"])
def test_what_does_not_say_that_it_is_an_address_is_none(source):
    assert to_html(source) == f"<p>{source}</p>\n"


def test_an_address_reads_as_it_was_typed():
    assert ">https://xn--pple-43d.example/%20</a>" in to_html("https://xn--pple-43d.example/%20")


def test_no_image_is_ever_fetched():
    html = to_html("![pixel](https://tracker.example/p.gif)")
    assert "<img" not in html


@pytest.mark.parametrize(
    "source",
    [
        "![" * 10_000,
        "[" * LONGEST,
        "> " * 10_000,
        "- " * 10_000,
        "*a_" * 6_000,
        "`" * LONGEST,
        "<" * LONGEST,
        "\\" * LONGEST,
        "&" * LONGEST,
        "[a](" * 5_000,
        "://" * 6_000,
        "://" * 1_000 + "a" * 17_000,
        "https://a.example/![(" * 950,
        "https://a.example/{" * 700 + "x" * 6_000,
        "x:// " * 4_000,
        ("https://a.example/{" * 50 + "\n") * 20,
        "mailto:a@" * 2_000,
        "|" * LONGEST,
        "a\n" * 10_000,
    ],
)
def test_nesting_and_repetition_take_no_time(source):
    began = time.process_time()
    try:
        html = to_html(source)
    except ValueError:  # what it would become is too long to keep
        html = ""
    assert time.process_time() - began < 2
    assert len(html) <= LONGEST_HTML


def test_deep_nesting_ends():
    assert to_html(">" * 300 + " deep").count("<blockquote>") <= 21
    assert to_html("\n".join("  " * n + "- x" for n in range(100))).count("<ul>") <= 21


def test_more_than_20_kb_is_refused():
    with pytest.raises(ValueError, match="longer than"):
        to_html("![" * 20_000)


@pytest.mark.parametrize("text", ["\u202eمرحبا", "Z̷̢̛͓̈a̸͙͝", "👩🏽‍🚒🏳️‍🌈", "e\u0301", "\ufeff中"])
def test_every_script_comes_through(text):
    assert to_html(text) == f"<p>{text}</p>\n"


# --- excerpts ------------------------------------------------------------------------------------------------


def test_an_excerpt_is_text_without_markup():
    html = to_html("# Bridges\n\nThey **move**. See [this](https://a.example).\n\n- one\n- two & 3 < 4")
    assert excerpt(html) == "Bridges They move. See this. one two & 3 < 4"


def test_an_excerpt_of_markup_holds_no_tags():
    assert excerpt(Markup("<p>Hello &amp; <b>welcome</b></p>")) == "Hello & welcome"


def test_an_excerpt_ends_at_a_word():
    text = excerpt(to_html("word, " * 100))
    assert len(text) <= 221
    assert text.endswith("word…")


def test_an_excerpt_of_one_endless_word_is_cut():
    assert len(excerpt(to_html("x" * 5000))) <= 221


def test_a_link_has_no_title_into_which_a_name_would_be_put():
    html = to_html('[x](https://a.example "@{kpgvJgYvTDWx} <b>")')
    assert "title" not in html
    assert shown(html, ["kpgvJgYvTDWxJoris"]) == html


def test_the_first_texts_of_all_may_be_rendered_at_the_same_moment():
    text = "**bold** `code` https://plein.example\n\n* one\n* two\n\n> said"
    interval, spec = sys.getswitchinterval(), find_spec("portal.text.markdown")
    assert spec is not None
    assert spec.loader is not None
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            for _ in range(100):
                just_loaded = module_from_spec(spec)
                spec.loader.exec_module(just_loaded)
                assert set(threads.map(just_loaded.to_html, [text] * 4)) == {to_html(text)}
    finally:
        sys.setswitchinterval(interval)
