"""Access, read off the syntax tree: every query asks the scope, every action the policy, whatever else sends a statement
for somebody one of both, and no value gets into SQL.

An exception carries `# access: reason` on its def line; docs/security.md lists the reasons.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.settings import ROOT

PORTAL = ROOT / "portal"
QUERIES = sorted(PORTAL.glob("*/queries.py"))
#: Rooms that are large enough to name their actions after what they do.
MANAGING = {*PORTAL.glob("admin/*.py"), *PORTAL.glob("leaving/*.py")}
ACTIONS = sorted(
    {*PORTAL.glob("*/actions.py"), *MANAGING}
    - {path for name in ("__init__", "forms", "queries", "jobs", "routes") for path in PORTAL.glob(f"*/{name}.py")}
)
#: What no room is: what the rooms stand on, and the demo, which asks as anybody.
NO_ROOMS = {"access", "demo", "events", "files", "run", "tables", "text", "web"}
OTHERS = sorted(path for path in {*PORTAL.glob("*/*.py")} - {*QUERIES, *ACTIONS} if path.parent.name not in NO_ROOMS)
LIST = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- access exceptions: begin -->", "<!-- access exceptions: end -->"
MARK = "# access:"

Function = ast.AsyncFunctionDef | ast.FunctionDef


@dataclass(frozen=True)
class Finding:
    """A function, and the reason why it needs not ask; without one it is a mistake."""

    file: str
    function: str
    reason: str


def functions(tree: ast.Module) -> dict[str, Function]:
    """The functions of a module, by name."""
    return {node.name: node for node in tree.body if isinstance(node, Function)}


def called(function: Function) -> set[str]:
    """The plain names that it calls or uses."""
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def asks(name: str, wanted: str, known: dict[str, Function], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function calls `wanted`, itself or through others of its module."""
    names = called(known[name])
    return wanted in names or any(
        asks(other, wanted, known, seen | {name}) for other in names & set(known) - seen - {name}
    )


def reason_of(function: Function, lines: list[str]) -> str:
    """What `# access:` says on the lines of the signature."""
    head = lines[function.lineno - 1 : function.body[0].lineno - 1]
    return next((line.split(MARK, 1)[1].strip() for line in head if MARK in line), "")


def sends(function: Function) -> bool:
    """Whether a statement comes of it: a coroutine sends it, a Reading is there to be sent."""
    gives = ast.unparse(function.returns) if function.returns else ""
    return isinstance(function, ast.AsyncFunctionDef) or gives.startswith("Reading[")


def exceptions(source: str, wanted: str, file: str = "") -> list[Finding]:
    """The public coroutines and readings of a module that don't ask."""
    known = functions(ast.parse(source))
    return [
        Finding(file, name, reason_of(node, source.splitlines()))
        for name, node in known.items()
        if sends(node) and not name.startswith("_") and not asks(name, wanted, known)
    ]


def for_somebody(function: Function) -> bool:
    """Whether it works for an actor, whom its first parameter brings."""
    first = next(iter(function.args.args), None)
    return first is not None and first.annotation is not None and ast.unparse(first.annotation) == "Actor"


def runs_sql(name: str, known: dict[str, Function], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function sends a statement or makes one, itself or through others of its module."""
    calls = {ast.unparse(node.func) for node in ast.walk(known[name]) if isinstance(node, ast.Call)}
    return bool(calls & set(RUN_SQL) - {"QueryString"}) or any(
        runs_sql(other, known, seen | {name}) for other in calls & set(known) - seen - {name}
    )


def exceptions_elsewhere(source: str, file: str = "") -> list[Finding]:
    """Those of a module that is neither queries nor actions: what sends a statement for an actor and asks nobody."""
    known = functions(ast.parse(source))
    return [
        finding
        for finding in exceptions(source, "visible", file)
        if for_somebody(known[finding.function])
        and runs_sql(finding.function, known)
        and not asks(finding.function, "require", known)
    ]


def _all_exceptions() -> list[Finding]:
    found = []
    for paths, wanted in ((QUERIES, "visible"), (ACTIONS, "require")):
        for path in paths:
            found += exceptions(path.read_text(), wanted, str(path.relative_to(ROOT)))
    for path in OTHERS:
        found += exceptions_elsewhere(path.read_text(), str(path.relative_to(ROOT)))
    return found


def test_every_query_asks_the_scope_and_every_action_the_policy_or_says_why_not():
    silent = [f"{finding.file}: {finding.function}" for finding in _all_exceptions() if not finding.reason]
    assert not silent, "call visible() or require(), or add `# access: reason` to the def line:\n" + "\n".join(silent)


def test_no_reason_is_given_where_none_is_needed():
    needed = {(finding.file, finding.function) for finding in _all_exceptions()}
    superfluous = []
    for path in (*QUERIES, *ACTIONS):
        file, source = str(path.relative_to(ROOT)), path.read_text()
        for name, node in functions(ast.parse(source)).items():
            if reason_of(node, source.splitlines()) and (file, name) not in needed:
                superfluous.append(f"{file}: {name}")
    assert not superfluous


def test_the_document_lists_these_exceptions():
    expected = "\n".join(
        ["| where | function | why it asks nobody |", "|---|---|---|"]
        + [
            f"| `{f.file}` | `{f.function}` | {f.reason} |"
            for f in sorted(_all_exceptions(), key=lambda f: (f.file, f.function))
        ]
    )
    stands = LIST.read_text().split(BEGIN)[1].split(END)[0].strip()
    assert stands == expected, f"\n\npaste this into {LIST.relative_to(ROOT)}:\n\n{BEGIN}\n{expected}\n{END}\n"


def test_the_lint_looked_at_something():
    assert len(QUERIES) >= 7
    assert len(ACTIONS) >= 8
    assert len(OTHERS) >= 100
    assert len(_all_exceptions()) < 60, "exceptions are exceptions"


FORGETFUL = """
async def all_ideas(actor):
    return await fetch(Idea, ALL)

async def by_a_helper(actor):
    return await _helped(actor)

async def _helped(actor):
    return await fetch(Idea, ALL, visible(Idea, actor))

def reading(actor) -> Reading[Idea]:
    return Reading(Idea, ALL)

def no_reading(actor) -> str:
    return "nothing is read"

async def excused(
    actor
) -> None:  # access: nobody is signed in yet
    return None
"""


def test_the_lint_finds_a_query_that_forgot_to_ask():
    """The control."""
    found = exceptions(FORGETFUL, "visible")
    assert [(finding.function, finding.reason) for finding in found] == [
        ("all_ideas", ""),
        ("reading", ""),
        ("excused", "nobody is signed in yet"),
    ]


ELSEWHERE = """
async def forgot(actor: Actor):
    await _written(actor)

async def _written(actor):
    await execute(WRITE, actor.id)

async def asks_the_scope(actor: Actor):
    return await fetch(Idea, ALL, visible(Idea, actor))

async def asks_the_policy(actor: Actor):
    require(actor, Action.IDEA_EDIT)
    await _written(actor)

async def sends_nothing(actor: Actor):
    return await elsewhere(actor)

async def for_nobody(event: int):
    await execute(WRITE, event)
"""


def test_the_lint_finds_what_forgot_to_ask_elsewhere():
    """The control."""
    assert [finding.function for finding in exceptions_elsewhere(ELSEWHERE)] == ["forgot"]


def handlers(source: str) -> list[str]:
    """The handlers of a module."""
    return [
        name
        for name, node in functions(ast.parse(source)).items()
        if any(ast.unparse(decorator).startswith(("get(", "post(")) for decorator in node.decorator_list)
    ]


def test_handlers_ask_no_database():
    """What a handler reads comes out of a query, which has asked the scope."""
    modules = [path for path in PORTAL.glob("*/*.py") if handlers(path.read_text())]
    assert {"routes.py", "answering.py", "triage.py", "clusters.py"} <= {path.name for path in modules}
    for path in modules:
        names = {node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)}
        assert not names & {"portal.db", "portal.tables", "piccolo.table"}, path


# --- SQL is put together from constants ---

#: The functions that run SQL, and which of their arguments it is.
RUN_SQL = {"execute": 0, "fetch_value": 0, "script": 0, "QueryString": 0, "fetch": 1, "fetch_one": 1, "Reading": 1}
#: What is put into SQL beside constants, and why that is no value of anybody's.
KNOWN = {
    ("portal/thresholds/queries.py", "places"): "as many placeholders as there are sizes",
    ("portal/posts/queries.py", "place"): "out of ORDERS, a constant; an unknown order is a KeyError",
    ("portal/boards/queries.py", "key"): "out of ORDERS, a constant; an unknown order is a KeyError",
    ("portal/campaigns/queries.py", "key"): "out of ORDERS, a constant; an unknown order is a KeyError",
    ("portal/comments/queries.py", "place"): "out of ORDERS, a constant; an unknown order is a KeyError",
    ("portal/comments/queries.py", "by"): "out of ORDERS, likewise",
    ("portal/comments/queries.py", "top"): "out of ORDERS, likewise",
    ("portal/access/fields.py", "a"): "the alias, a constant as for `visible`",
    ("portal/access/fields.py", "field"): "one of FIELDS, which is asserted",
    ("portal/people/queries.py", "narrowed"): "put together of constants by these same rules, as `sql` is",
    ("portal/people/queries.py", "sql"): "put together above it, by these same rules",
    ("portal/access/sight.py", "item"): "the column of the item, a constant in the scope's rules",
    ("portal/access/sight.py", "a"): "the same, where the scope's rules are put together of it",
    (
        "portal/records/queries.py",
        "statement",
    ): "one of the statements in parts.py, which are put together of constants",
    ("portal/retention/jobs.py", "statement"): "one of those in DESTROY, constants",
    ("portal/access/sight_of_starters.py", "a"): "the same, in the scope's rules about people who start",
    ("portal/access/sight_of_moderation.py", "a"): "the same, in the scope's rules about moderation",
    ("portal/access/sight_of_screening.py", "a"): "the same, in the scope's rules about sensitive posts",
    ("portal/access/sight_of_content.py", "a"): "the same, in the scope's rules about what people write",
    ("portal/access/scope.py", "a"): "the alias, a constant wherever `visible` is called (tested below)",
}


def _is_constant(name: str) -> bool:
    return name.isupper()


def bad_parts(sql: ast.expr, file: str) -> list[str]:
    """What stands in an SQL expression and is neither a text, a constant, nor known."""
    if isinstance(sql, ast.Constant) and isinstance(sql.value, str):
        return ["a brace that is no placeholder"] if "{{" in sql.value or "}}" in sql.value else []
    if isinstance(sql, ast.Name):
        return [] if _is_constant(sql.id) or (file, sql.id) in KNOWN else [sql.id]
    if isinstance(sql, ast.BinOp) and isinstance(sql.op, ast.Add):
        return bad_parts(sql.left, file) + bad_parts(sql.right, file)
    if isinstance(sql, ast.IfExp):
        return bad_parts(sql.body, file) + bad_parts(sql.orelse, file)
    if isinstance(sql, ast.JoinedStr):
        parts = (part.value for part in sql.values if isinstance(part, ast.FormattedValue))
        return [bad for part in parts for bad in bad_parts(part, file)]
    if isinstance(sql, ast.Call) and _is_constant_filled_in(sql):
        return bad_parts(sql.func.value, file)  # type: ignore[attr-defined]
    return [ast.unparse(sql)]


def _is_constant_filled_in(call: ast.Call) -> bool:
    """`HAPPENED.format("idea")`: a constant, with constants put into it."""
    of_a_name = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
    return (
        of_a_name
        and call.func.attr == "format"  # type: ignore[attr-defined]
        and all(isinstance(value, ast.Constant) for value in call.args)
        and not call.keywords
    )


def interpolations(source: str, file: str) -> list[str]:
    """Every place in a module where something else than a constant gets into SQL."""
    found = []
    tree = ast.parse(source)
    # `sql` and the like: what a known name is put together from is looked at too
    known = {name for path, name in KNOWN if path == file}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in RUN_SQL and len(node.args) > RUN_SQL[name]:
                found += [f"{file}:{node.lineno} {bad}" for bad in bad_parts(node.args[RUN_SQL[name]], file)]
        elif isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id for target in targets if isinstance(target, ast.Name)}
            if names & known & {"sql"} or (
                isinstance(node.value, ast.JoinedStr) and any(_is_constant(name) for name in names)
            ):
                found += [f"{file}:{node.lineno} {bad}" for bad in bad_parts(node.value, file)]
    return found


#: These hold no statement of the product's: the module that runs them, the one that starts the server, and the one that
#: writes policies out of GATES, with the role's name quoted by PostgreSQL itself.
NOT_READ = {"portal/db.py", "portal/run/postgres.py", "portal/access/wall_build.py"}


def _read() -> list[Path]:
    return [path for path in sorted(PORTAL.rglob("*.py")) if str(path.relative_to(ROOT)) not in NOT_READ]


def test_no_value_is_written_into_sql():
    found = [bad for path in _read() for bad in interpolations(path.read_text(), str(path.relative_to(ROOT)))]
    assert not found, "use a {} placeholder, or a constant in capitals:\n" + "\n".join(found)


def test_what_is_known_is_still_there():
    for file, name in KNOWN:
        names = {node.id for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.Name)}
        names |= {node.arg for node in ast.walk(ast.parse((ROOT / file).read_text())) if isinstance(node, ast.arg)}
        assert name in names, f"{file} has no {name} any more"


def test_every_alias_is_a_constant():
    for path in _read():
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("visible", "visible_field")
            ):
                aliases = node.args[2:] if node.func.id == "visible" else [node.args[2]]
                for alias in [*aliases, *(keyword.value for keyword in node.keywords)]:
                    assert isinstance(alias, ast.Constant), f"{path}:{node.lineno}"


@pytest.mark.parametrize(
    "statement",
    [
        'execute(f"SELECT * FROM idea WHERE title = {title}")',
        'execute("SELECT * FROM idea WHERE title = %s" % title)',
        'fetch(Row, "SELECT {}".format(title))',
        "fetch(Row, ONE.format(title))",
        "fetch_one(Row, ONE + title)",
        "fetch_value(statement)",
        'execute(f"SELECT {Thing.title}")',
        "db.execute(build(title))",
        "execute(\"SELECT '{{}}', {}\", title)",
    ],
)
def test_the_lint_finds_a_value_in_sql(statement: str):
    """The control."""
    assert interpolations(statement, "portal/example.py")


@pytest.mark.parametrize(
    "statement",
    [
        'execute(ONE + " AND x = {}", title)',
        'fetch(Row, f"{LISTED} ORDER BY {{}}", order)',
        "script(A + B)",
        "execute(ONE.format('idea'))",
    ],
)
def test_the_lint_lets_constants_pass(statement: str):
    assert not interpolations(statement, "portal/example.py")
