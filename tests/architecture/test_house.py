"""How the house is kept: short handlers, small files, nothing inline in templates, a docstring on everything public."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from statistics import median

import pytest

from portal.mydata.parts import PARTS
from portal.mydata.words import COLUMNS
from portal.settings import ROOT

PORTAL, TEMPLATES = ROOT / "portal", ROOT / "templates"
MODULES = sorted(PORTAL.rglob("*.py"))
PAGES = sorted(TEMPLATES.rglob("*.html"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


# --- sizes ---

LONGEST_FILE = 400  # lines
LONGEST_HANDLER = 20  # statements
MEDIAN_HANDLER = 4  # statements


def _handlers() -> dict[str, int]:
    """How many statements each handler has, whichever module it stands in: those in its branches included, its
    docstring not."""
    found = {}
    for path in MODULES:
        for node in _tree(path).body:
            if isinstance(node, ast.AsyncFunctionDef) and any(
                ast.unparse(decorator).startswith(("get(", "post(")) for decorator in node.decorator_list
            ):
                statements = sum(isinstance(inner, ast.stmt) for inner in ast.walk(node)) - 2
                found[f"{path.relative_to(PORTAL)}: {node.name}"] = statements
    return found


def test_handlers_stay_short():
    sizes = _handlers()
    assert len(sizes) > 300
    assert median(sizes.values()) <= MEDIAN_HANDLER
    assert {name: size for name, size in sizes.items() if size > LONGEST_HANDLER} == {}


def test_files_stay_small():
    files = [*MODULES, *PAGES, *(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    long = {
        str(path.relative_to(ROOT)): n for path in files if (n := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


# --- templates ---

#: What a strict Content-Security-Policy refuses, or what needs eval. (htmx 2 fires a request whose filter is blocked.)
FORBIDDEN = {
    "hx-on": re.compile(r"\bhx-on\b"),
    "a js: value": re.compile(r"""["']\s*(?:js|javascript):""", re.I),
    "a trigger filter": re.compile(r"""hx-trigger[:\w]*\s*=\s*(?:"[^"]*\[|'[^']*\[)"""),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.I),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
}
#: Jinja's own parts may hold anything that looks like it.
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.S)


def forbidden_in(template: str) -> list[str]:
    """What a template holds and may not."""
    bare = JINJA.sub("", template)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(bare)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_nothing_inline(path: Path):
    assert forbidden_in(path.read_text()) == []


@pytest.mark.parametrize(
    "snippet",
    [
        '<button hx-on:click="x()">',
        '<button hx-on="click: x()">',
        """<a hx-vals='js:{"a": b}'>""",
        '<a href="javascript:x()">',
        '<input hx-trigger="keyup[target.value.length > 2]">',
        "<script>x()</script>",
        "<style>p {}</style>",
        '<p style="color: red">',
        '<body onload="x()">',
        "<img src=x onerror=x()>",
    ],
)
def test_the_lint_finds_what_is_inline(snippet: str):
    """The control."""
    assert forbidden_in(snippet)


def test_the_lint_lets_the_rest_pass():
    assert not forbidden_in('<script src="/a.js" defer></script><button data-on hx-trigger="keyup delay:300ms">')


def test_templates_mirror_the_features():
    """A folder of templates belongs to a feature; every template is used by somebody."""
    features = {path.parent.name for path in PORTAL.glob("*/routes.py")} | {"emails", "errors"}
    assert {path.name for path in TEMPLATES.iterdir() if path.is_dir()} <= features


def test_every_template_is_used():
    sources = "".join(path.read_text() for path in [*MODULES, *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")])
    unused = [name for path in PAGES if (name := str(path.relative_to(TEMPLATES))) not in sources]
    assert unused == []


def test_only_columns_that_were_cleaned_are_let_through_unescaped():
    """`safe_html` stands behind names that end in _html, and there is no other way past escaping."""
    for path in PAGES:
        text = path.read_text()
        for name in re.findall(r"([\w.]+)\s*\|\s*safe_html", text):
            assert name.endswith("_html"), f"{path}: {name}"
        assert not re.search(r"\|\s*safe\b(?!_)", text), path
        assert "autoescape" not in text, path


# --- Python ---

#: The command line talks to people; so does building assets when it is called as a program.
MAY_PRINT = {"cli.py", "supervisor.py"}


def test_nothing_prints_but_the_command_line():
    found = []
    for path in MODULES:
        tree = _tree(path)
        as_program = {
            inner
            for node in tree.body
            if isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "print"):
                continue
            if path.name not in MAY_PRINT and node not in as_program:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []


def undocumented(tree: ast.Module) -> list[str]:
    """The public names of a module without a docstring: the module, its classes, functions and methods."""
    found = [] if ast.get_docstring(tree) else ["the module"]
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            found += [] if ast.get_docstring(node) else [node.name]
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and not inner.name.startswith("_"):
                    stub = isinstance(inner.body[0], ast.Expr) and ast.unparse(inner.body[0]) == "..."
                    found += [] if ast.get_docstring(inner) or stub else [f"{node.name}.{inner.name}"]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_says_what_it_is_for(path: Path):
    assert undocumented(_tree(path)) == []


def test_the_lint_finds_what_has_no_docstring():
    """The control."""
    assert undocumented(
        ast.parse("def f(): pass\nclass C:\n    '''C.'''\n    def m(self): pass\n    def _p(self): pass")
    )
    assert not undocumented(ast.parse("'''M.'''\ndef f():\n    '''F.'''\ndef _g(): pass"))


def test_the_database_is_asked_the_time_and_no_other_clock():
    """`plein_now()` in SQL, `actor.now` in Python: tests move both, and processes agree."""
    wrong = []
    for path in MODULES:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "datetime.now",
                "datetime.utcnow",
                "date.today",
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_every_column_of_ones_own_data_has_a_name_for_people():
    """Who takes her data along reads what each is, in her language."""
    assert {column for part in PARTS for column in part.columns} == set(COLUMNS)
