"""Markdown to clean HTML: rendered once, when it is written."""

from __future__ import annotations

import asyncio
import re
from html import unescape

import nh3
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt

LONGEST = 20_000  # characters of source
LONGEST_HTML = 200_000
MOST_ADDRESSES = 1_000  # each is looked for from the start of the text
MOST_STEPS = 1_000_000  # and each looks at its word up to the end
TAGS = {"p", "br", "h2", "h3", "h4", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "a", "hr"}

_plain = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
_linking = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 20})
_linking.disable("image").enable("linkify")
# An address is one when it says so (https://, mailto:): "plan.nl" may be the end of a sentence and the next one's word.
_linking.linkify = LinkifyIt({"ftp:": None, "//": None}, {"fuzzy_link": False, "fuzzy_email": False})
# It reads as it was typed: another alphabet's letters would look like another place.
_linking.normalizeLinkText = str  # type: ignore[assignment, method-assign]
for _parser in (_plain, _linking):  # it gathers its rules at its first text: two at once would each find a part of them
    _parser.parse("once")
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)
_bare = nh3.Cleaner(tags=set())
_BLOCK = re.compile(r"</?(?:p|br|h\d|ul|ol|li|blockquote|pre|hr)\b")
_WHITE = re.compile(r"\s+")


class TooLong(ValueError):
    """A text, or what its formatting makes of it, is beyond measure."""


def to_html(source: str) -> str:
    """Clean HTML. Headings start at h2's own level 3, so that a page's outline holds; links open nothing but web
    and mail addresses, also those that were merely typed (but not thousands of them), and have no title: a name that
    a text mentions is put into it later. Raises TooLong."""
    if len(source) > LONGEST:
        raise TooLong(f"longer than {LONGEST} characters")
    parser = _linking if _is_quickly_linked(source) else _plain
    tokens = parser.parse(source)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"
    html = cleaned(parser.renderer.render(tokens, parser.options, {}))
    if len(html) > LONGEST_HTML:
        raise TooLong("the formatted text is too long")
    return html


def _is_quickly_linked(source: str) -> bool:
    steps = sum(len(word) * word.count("://") for word in source.split())
    return source.count("://") <= MOST_ADDRESSES and steps <= MOST_STEPS


def cleaned(html: str) -> str:
    """Without anything that a text has no use for. What was kept clean is cleaned once more where it is shown, so that
    who gets past our forms writes nothing into a page that it obeys."""
    return _cleaner.clean(html)


async def rendered(source: str) -> str:
    """The same in a thread, so that a long text holds nobody up."""
    return await asyncio.to_thread(to_html, source)


def excerpt(html: str, length: int = 220) -> str:
    """The first words of a rendered text, without markup, for lists and mail."""
    html = str(html)  # Markup would escape what is joined to it
    text = _WHITE.sub(" ", _bare.clean(_BLOCK.sub(r" \g<0>", html))).strip()
    plain = unescape(text)
    if len(plain) <= length:
        return plain
    return plain[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
