"""What of a room knows the web: its handlers, forms, desks and deeds. Another front could stand on all the rest."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PORTAL = Path("portal")
OF_THE_WEB = {"routes", "forms", "desk", "deeds"}
FRAMEWORKS = ("litestar", "wtforms", "portal.web")
ABOVE = ("web", "demo")  # the web itself, and what fills in every form once
#: What knows it besides, and what for.
BESIDES = {
    "portal.cases.shown": "the page that the handlers of a case answer with",
    "portal.cases.stale": "what happened since the page was shown that was sent",
    "portal.mydata.jobs": "writes a page into a file",
    "portal.pages.beside": "a part of a page",
    "portal.pages.threads": "a part of a page",
    "portal.records.jobs": "writes a page into a file",
    "portal.records.of_cases": "writes a page into a file",
}


def has_handlers(tree: ast.Module) -> bool:
    """Whether something in it answers requests."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    return any(ast.unparse(d).startswith(("get(", "post(")) for node in functions for d in node.decorator_list)


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a module names, and what it takes out of them, which may be modules too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def knows_the_web(rooms: dict[str, ast.Module], besides: set[str]) -> dict[str, list[str]]:
    """Of each module that is none of the web's, what of the web it imports."""
    web = {name for name, tree in rooms.items() if name.split(".")[-1] in OF_THE_WEB or has_handlers(tree)} | besides
    found = {
        name: [one for one in imported(tree) if one in web or one.startswith(FRAMEWORKS)]
        for name, tree in rooms.items()
        if name not in web
    }
    return {name: what for name, what in found.items() if what}


def modules() -> dict[str, ast.Module]:
    """Every module of a room, by its name."""
    return {
        ".".join(path.with_suffix("").parts): ast.parse(path.read_text())
        for path in PORTAL.glob("*/*.py")
        if path.parent.name not in ABOVE
    }


def test_what_is_no_handler_form_or_desk_knows_nothing_of_the_web():
    rooms = modules()
    assert knows_the_web(rooms, set(BESIDES)) == {}


def test_each_of_those_besides_would_be_found_without_its_reason():
    rooms = modules()
    assert [name for name in BESIDES if name not in knows_the_web(rooms, BESIDES.keys() - {name})] == []


def test_one_that_took_a_form_or_a_request_would_be_found():
    """The control."""
    rooms = {
        "portal.ideas.forms": ast.parse("import wtforms"),
        "portal.ideas.keeping": ast.parse("from portal.ideas import forms"),
        "portal.ideas.asking": ast.parse("from portal.web.request import Request"),
        "portal.ideas.queries": ast.parse("from portal.db import fetch"),
        "portal.ideas.board": ast.parse("@get('/')\nasync def board(): ..."),
        "portal.ideas.drawing": ast.parse("from portal.ideas.board import board"),
    }
    assert set(knows_the_web(rooms, set())) == {"portal.ideas.keeping", "portal.ideas.asking", "portal.ideas.drawing"}
