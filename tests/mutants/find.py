"""All mutants of a module of portal/access: the module with one condition taken out, by its syntax tree.

- in a predicate: each side of `and` (true instead), each side of `or` (false instead), each condition that stands
  alone (true instead), each test of `if` (both), each member of a set, of `in (…)`, and of several roles
- in the tables of rules: each action may be done by anybody, each table is seen by everybody, each gate stands open,
  each writing action is open to who is paused
- in SQL: each condition (`conditions.py`), and each member of a list
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.mutants.conditions import cuts

#: What stands for a value inside SQL while its conditions are looked for.
HOLE = "\ue000{}x"
#: Tables of rules: the value of each entry becomes this.
TABLES = {"RULES": "anybody", "VISIBILITY": "everybody", "GATES": "_gate(EVERYTHING)"}
#: Functions that give no condition, although they look like it.
NOT_HERE = {"new_token", "token_sha256", "actor_of_session", "actor_of_person", "visible"}
#: How the wall is built, which is no rule.
NOT_HERE |= {"BUILD", "KNOWN_ROLE", "MAY_MAKE_ROLES", "MAKE_ROLE", "KEEP_KEY", "build_wall", "_gate", "_policies"}


class Mutant(NamedTuple):
    """One condition less. `name` says which, wherever its line has got to; `make` writes the module without it."""

    name: str
    path: str
    make: Callable[[], str]


class Change(NamedTuple):
    """A node of the tree, by its place in `ast.walk`, and what becomes of it."""

    node: int
    what: str
    change: Callable[[ast.AST], ast.AST]


def mutants(path: Path, root: Path) -> Iterator[Mutant]:
    """Every mutant of one module."""
    tree = ast.parse(path.read_text())
    places = {id(node): number for number, node in enumerate(ast.walk(tree))}
    told: Counter[str] = Counter()
    for owner, node in _owned(tree):
        for change in _changes(node, owner, places):
            name = f"{path.stem}.{owner}: {change.what}"
            told[name] += 1
            number = f" ({told[name]})" if told[name] > 1 else ""
            yield Mutant(name + number, str(path.relative_to(root)), partial(_changed, path.read_text(), change))


def _changed(source: str, change: Change) -> str:
    tree = ast.parse(source)
    target = list(ast.walk(tree))[change.node]
    return ast.unparse(ast.fix_missing_locations(_Swap(target, change.change).visit(tree)))


class _Swap(ast.NodeTransformer):
    """Puts something else in the place of one node."""

    def __init__(self, target: ast.AST, change: Callable[[ast.AST], ast.AST]) -> None:
        self.target = target
        self.change = change

    def visit(self, node: ast.AST) -> ast.AST:
        return self.change(node) if node is self.target else self.generic_visit(node)


def _owned(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """The functions, methods and constants of a module, by name."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (
                (f"{node.name}.{inner.name}", inner) for inner in node.body if isinstance(inner, ast.FunctionDef)
            )
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in NOT_HERE:
            yield node.name, node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id.isupper() and target.id not in NOT_HERE:
                yield target.id, node


def _changes(owner: ast.AST, name: str, places: dict[int, int]) -> Iterator[Change]:
    if isinstance(owner, ast.Assign | ast.AnnAssign):
        if name in TABLES:
            assert isinstance(owner.value, ast.Dict)
            yield from _of_rules(owner.value, TABLES[name], places)
            return
        if isinstance(owner.value, ast.Set | ast.Tuple):
            yield from _members(owner.value, places)
    yes_or_no = isinstance(owner, ast.FunctionDef) and ast.unparse(owner.returns or ast.Constant(None)) == "bool"
    documented = (
        owner.body[0].value if isinstance(owner, ast.FunctionDef) and isinstance(owner.body[0], ast.Expr) else None
    )
    inside: set[int] = set()
    values = _values(owner)
    for node in ast.walk(owner):
        if id(node) in inside or node is documented:
            continue
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            inside |= {id(inner) for inner in ast.walk(node)}
            yield from _of_sql(node, places, values.get(id(node), []))
        else:
            yield from _of_python(node, places, yes_or_no)


def _of_rules(table: ast.Dict, open_to_all: str, places: dict[int, int]) -> Iterator[Change]:
    """Each entry, thrown open; of a gate each thing that it says, alone."""
    everything = ast.parse(open_to_all, mode="eval").body
    for key, value in zip(table.keys, table.values, strict=True):
        told = f"{ast.unparse(key)} is {open_to_all}" if key else ""
        if ast.unparse(value).startswith(open_to_all.rstrip(")")):
            continue
        if not isinstance(value, ast.Call):
            yield Change(places[id(value)], told, lambda _: everything)
            continue
        yield Change(places[id(value.args[0])], told, lambda _: ast.Name("EVERYTHING"))
        said = [str(ast.literal_eval(command)).lower() for command in value.args[1:]]
        said += [str(keyword.arg) for keyword in value.keywords if keyword.arg != "lock"]
        for name in said:
            yield Change(places[id(value)], f"{ast.unparse(key)}: any {name}" if key else "", _any(name))


def _any(name: str) -> Callable[[ast.AST], ast.AST]:
    """One thing that a gate says, thrown open: any row, or every column."""

    def thrown_open(node: ast.AST) -> ast.AST:
        assert isinstance(node, ast.Call)
        arguments = [argument for argument in node.args if ast.unparse(argument).strip("'").lower() != name]
        keywords = [keyword for keyword in node.keywords if keyword.arg != name]
        if name not in ("shows", "puts", "changes"):
            keywords.append(ast.keyword(name, ast.Name("EVERYTHING")))
        return ast.Call(node.func, arguments, keywords)

    return thrown_open


def _members(collection: ast.Set | ast.Tuple, places: dict[int, int]) -> Iterator[Change]:
    """Each member of a collection, taken out of it."""
    for number, member in enumerate(collection.elts):
        if isinstance(member, ast.Starred):
            continue

        def without(node: ast.AST, number: int = number) -> ast.AST:
            assert isinstance(node, ast.Set | ast.Tuple)
            rest = [inner for at, inner in enumerate(node.elts) if at != number]
            empty = ast.Call(ast.Name("frozenset"), [], [])
            return type(node)(rest) if rest or isinstance(node, ast.Tuple) else empty

        yield Change(places[id(collection)], f"without {ast.unparse(member)}", without)


def _of_python(node: ast.AST, places: dict[int, int], yes_or_no: bool) -> Iterator[Change]:
    """What one node of a predicate asks."""
    if isinstance(node, ast.BoolOp):
        instead = isinstance(node.op, ast.And)
        for value in node.values:
            yield _constant(value, instead, places)
    elif isinstance(node, ast.If | ast.IfExp):
        for instead in (True, False):
            yield _constant(node.test, instead, places)
    elif isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield _constant(test, True, places)
    elif isinstance(node, ast.Return) and yes_or_no and node.value and not isinstance(_bare(node.value), ast.BoolOp):
        if not isinstance(node.value, ast.Constant):
            yield _constant(node.value, True, places)
    elif isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Tuple):
        yield from _members(node.comparators[0], places)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            if isinstance(value, ast.Set):
                yield from _members(value, places)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        roles = [argument for argument in node.args if ast.unparse(argument).startswith("Role.")]
        for role in roles if len(roles) > 1 else ():

            def without(call: ast.AST, role: str = ast.unparse(role)) -> ast.AST:
                assert isinstance(call, ast.Call)
                return ast.Call(call.func, [a for a in call.args if ast.unparse(a) != role], call.keywords)

            yield Change(places[id(node)], f"without {ast.unparse(role)}", without)


def _bare(node: ast.expr) -> ast.expr:
    """What is in `bool(…)`."""
    wrapped = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bool"
    return node.args[0] if wrapped and isinstance(node, ast.Call) else node


def _constant(node: ast.expr, instead: bool, places: dict[int, int]) -> Change:
    return Change(places[id(node)], f"{instead} instead of {ast.unparse(node)}", lambda _: ast.Constant(instead))


def _values(owner: ast.AST) -> dict[int, list[str]]:
    """What fills the placeholders of each statement, as it is written in the code."""
    return {
        id(node.args[0]): [ast.unparse(argument) for argument in node.args[1:]]
        for node in ast.walk(owner)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "QueryString"
    }


def _of_sql(node: ast.AST, places: dict[int, int], values: list[str]) -> Iterator[Change]:
    """Each condition in a text that is SQL."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    holes = [part for part in parts if isinstance(part, ast.FormattedValue)]
    numbers = iter(range(len(holes)))
    sql = "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE.format(next(numbers)) for part in parts)
    is_sql = any(sign in sql for sign in (" = ", "ANY", "EXISTS", "<>", " IN (", " AND ")) and "%(" not in sql
    for cut in cuts(sql, alone="WHERE" not in sql) if is_sql else ():
        changed = sql[: cut.start] + cut.instead + sql[cut.end :]
        what = sql[cut.start : cut.end].strip(", ")
        for value in values[sql[: cut.start].count("{}") :]:
            what = what.replace("{}", f"[{value}]", 1)
        for number, hole in enumerate(holes):
            what = what.replace(HOLE.format(number), ast.unparse(hole.value))
        always = {"(T": "true instead of ", "(F": "false instead of ", "": "without "}[cut.instead[:2]]

        def filled(_: ast.AST, changed: str = changed) -> ast.AST:
            return _joined(changed, holes)

        yield Change(places[id(node)], always + " ".join(what.split()), filled)


def _joined(sql: str, holes: list[ast.FormattedValue]) -> ast.AST:
    """The text again, with its holes; one may stand there twice."""
    parts: list[ast.expr] = []
    while "\ue000" in sql:
        text, _, rest = sql.partition("\ue000")
        number, _, sql = rest.partition("x")
        parts += [ast.Constant(text), holes[int(number)]]
    return ast.JoinedStr([*parts, ast.Constant(sql)]) if parts else ast.Constant(sql)
