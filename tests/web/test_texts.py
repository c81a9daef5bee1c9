"""The interface's texts: every one goes through gettext, and every one is there in Dutch."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from babel.util import pathmatch
from jinja2 import Environment, nodes

from portal.text.language import LANGUAGES, LOCALE
from portal.web.page import environment

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
#: Words that are the same in every language, and why they stand in templates as they are.
SAME_EVERYWHERE = {
    "Plein": "the product's name",
    **dict.fromkeys(LANGUAGES.values(), "a language is called what its readers call it"),
    **dict.fromkeys(["Edge", "Firefox", "Chrome", "Safari"], "a browser's name"),
    **dict.fromkeys(["Android", "Windows", "Linux", "iPhone", "iPad", "Mac"], "a system's name"),
}
#: What looks like words and is none: attributes that a macro writes, and addresses after a base.
NO_WORDS = re.compile(r' [\w-]+="[^"]*"|/[a-z/-]+')
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy": None}
GETTEXT = {"_", "gettext", "ngettext"}


# --- every text that the source asks for is there in Dutch


def texts() -> dict[Any, list[str]]:
    """Every text in the source, one or (one, many), with the files that ask for it."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[Any, list[str]] = {}
    for path in sorted(path for top in ("portal", "templates") for path in (ROOT / top).rglob("*.*")):
        name = path.relative_to(ROOT).as_posix()
        for pattern, method in methods:
            if pathmatch(pattern, name):
                texts_in = extract_from_file(method, path, KEYWORDS, options=options.get(pattern, {}))
                for _, text, _, _ in texts_in:
                    found.setdefault(text, []).append(name)
                break
    return found


def forms(text: Any) -> tuple[str, ...]:
    """One text, or one and many."""
    return text if isinstance(text, tuple) else (text,)


def dutch() -> dict[Any, Message]:
    """The Dutch texts, by what they stand for."""
    with (LOCALE / "nl.po").open("rb") as file:
        return {message.id: message for message in read_po(file, locale="nl", abort_invalid=True) if message.id}


def test_the_source_is_searched_as_make_texts_does():
    found = texts()
    assert len(found) > 300
    assert found["Give the campaign a title."] == ["portal/proposals/forms.py"]  # lazy()
    assert "templates/ideas/form.html" in found["Post your idea"]
    assert ("%(shown)s idea", "%(shown)s ideas") in found
    assert any("%(until)s" in str(text) for text in found)  # {% trans %}
    assert "-k lazy" in (ROOT / "Makefile").read_text()


def test_every_text_is_there_in_dutch():
    there = dutch()
    missing = {text: files for text, files in texts().items() if text not in there}
    assert not missing


def test_no_dutch_text_is_empty_or_in_doubt():
    assert not [message.id for message in dutch().values() if message.fuzzy or not all(forms(message.string))]


def test_no_dutch_text_outlives_its_source():
    assert not set(dutch()) - set(texts())


def placeholders(text: str) -> set[str]:
    return {found[0] for found in PLACEHOLDER.finditer(text)}


def test_dutch_texts_have_the_placeholders_of_the_english_ones():
    """For a single thing the number may be left out."""
    wrong = []
    for text, message in dutch().items():
        wanted = placeholders(forms(text)[-1])
        *one, last = [placeholders(there) for there in forms(message.string)]
        if last != wanted or any(some - wanted for some in one):
            wrong.append(text)
    assert not wrong


def test_dutch_texts_stand_in_markup_as_the_english_ones_do():
    """No tags, and spaces at the ends only where the other has them."""

    def ends(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    pairs = [pair for text, message in dutch().items() for pair in zip(forms(text), forms(message.string), strict=True)]
    assert not [(english, there) for english, there in pairs if "<" in there or ends(english) != ends(there)]


# --- no text stands in a template as it is


class _Words(HTMLParser):
    """Collects what people read or hear: text, and the attributes that carry words."""

    SPOKEN = ("aria-label", "aria-description", "aria-roledescription", "title", "placeholder", "alt", "label")

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "meta":
            return  # for browsers
        for name, value in attributes:
            spoken = name in self.SPOKEN or (tag == "input" and name == "value" and ("type", "submit") in attributes)
            if spoken and value:
                self.words.append(value)

    def handle_data(self, data: str) -> None:
        if self.lasttag not in ("script", "style"):
            self.words.append(data)


def literal_words(source: str, env: Environment) -> list[str]:
    """What a template says without gettext: in its markup, and in the strings that it hands to macros."""
    markup, inside, translated = [], "", False
    names: list[str] = []
    for _, token, value in env.lex(source):
        if token in ("block_begin", "variable_begin", "comment_begin", "raw_begin", "linecomment_begin"):
            inside, names = token, []
        elif token in ("block_end", "variable_end", "comment_end", "raw_end", "linecomment_end"):
            if inside == "block_begin" and names[:1] in (["trans"], ["endtrans"]):
                translated = names[0] == "trans"
            inside = ""
        elif token == "name" and inside:
            names.append(value)
        elif token == "data" and not translated:
            markup.append(value)
    parser = _Words()
    parser.feed("".join(markup))
    parser.close()
    words = [*parser.words, *_sentences(env.parse(source))]
    return [text.strip() for text in words if re.search(r"[^\W\d_]", _without_the_same(text))]


def _without_the_same(text: str) -> str:
    return re.sub(r"\b(?:" + "|".join(SAME_EVERYWHERE) + r")\b", "", NO_WORDS.sub("", f" {text}"))


def _sentences(node: nodes.Node, translated: bool = False) -> list[str]:
    """String constants that read like words for people, outside gettext."""
    if isinstance(node, nodes.Const):
        value = node.value
        prose = isinstance(value, str) and re.search(r"^[A-Z][a-z]+( |$)|[a-z] [a-z]+ [a-z]", value)
        return [value] if prose and not translated else []
    called = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in GETTEXT
    if isinstance(node, nodes.Filter | nodes.Test | nodes.Compare):
        translated = True  # compared or formatted, not shown
    return [text for child in node.iter_child_nodes() for text in _sentences(child, translated or called)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_has_no_words_of_its_own(path):
    assert not literal_words(path.read_text(), environment())


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        "<p>{{ name }} supports this</p>",
        '<button aria-label="Close"></button>',
        '<button title="{% if a %}Close{% endif %}"></button>',
        '<input placeholder="What?">',
        '<img alt="A bench">',
        '<input type="submit" value="Send">',
        "{% trans %}Hello{% endtrans %} you",
        "{% if a %}<p>Nothing here{% endif %}",
        '{{ m.empty("Nothing here", text) }}',
        '{% set words = "No ideas yet" %}',
        "{% macro a() %}words{% endmacro %}",
        "<p>Pleinvrees</p>",
        "Dag",
    ],
)
def test_the_lint_finds_words(source):
    assert literal_words(source, environment())


@pytest.mark.parametrize(
    "source",
    [
        '<p class="row gap-2" id="thread">{{ _("Hello") }}</p>',
        "{% trans until=day %}Until {{ until }}{% endtrans %}",
        '{{ ngettext("%(num)s idea", "%(num)s ideas", 2) }}',
        "{# Words for who reads the source #}",
        '<b>{{ count }}</b> · <span aria-label="{{ _("Pages") }}">–</span>',
        '<a class="brand" href="/">Plein <small>{{ name }}</small></a>',
        '<button lang="nl">Nederlands</button>',
        '{{ m.empty(_("Nothing here"), None) }}',
        '{% if kind == "exists already" %}{% endif %}',
        "<script>let words = 1</script>",
    ],
)
def test_the_lint_lets_the_rest_pass(source):
    assert not literal_words(source, environment())
