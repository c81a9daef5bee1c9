"""Every page of the site with somebody who may open it, taken from the routes: new pages are covered by themselves."""

from __future__ import annotations

from litestar import Litestar

from tests.world import World

#: Routes that are no pages, or lead on to another.
NO_PAGES = {"/health", "/static/{path:path}", "/comments/{public_id:str}"}
ANONYMOUS = ("/sign-in", "/password-reset")
ADMINISTRATOR = ("/admin", "/about/{slug:str}/edit")


def addresses(app: Litestar, world: World) -> list[tuple[str, str | None]]:
    """(address, who opens it); None stands for nobody signed in."""
    found: list[tuple[str, str | None]] = []
    for route in app.routes:
        template = str(route.path)
        if template in NO_PAGES or "GET" not in getattr(route, "methods", ()):
            continue
        found += _filled(template, world)
    return sorted(found, key=str)


def _filled(template: str, world: World) -> list[tuple[str, str | None]]:
    who: str | None = "employee"
    if template.startswith(ANONYMOUS):
        who = None
    elif template in ADMINISTRATOR:
        who = "administrator"
    examples: dict[str, list[tuple[str, str]]] = {
        "/campaigns/{public_id:str}": [(world.campaign[phase], "employee") for phase in ("planned", "collect", "vote")],
        "/campaigns/{public_id:str}/edit": [(world.campaign["collect"], "campaign_owner")],
        "/campaigns/{public_id:str}/ideas/new": [(world.campaign["collect"], "employee")],
        "/ideas/{public_id:str}": [(world.idea["vote"], "employee"), (world.idea["done"], "sponsor")],
        "/ideas/{public_id:str}/edit": [(world.idea["collect"], "author")],
        "/ideas/{public_id:str}/answer": [(world.idea["decide"], "sponsor")],
        "/comments/{public_id:str}/replies": [(world.comment["vote"], "employee")],
        "/comments/{public_id:str}/edit": [(world.comment["vote"], "colleague")],
        "/spaces/{public_id:str}": [(world.space["open"], "employee"), (world.space["closed_a"], "insider_a")],
        "/spaces/{public_id:str}/members/new": [(world.space["closed_a"], "insider_a")],
        "/about/{slug:str}": [("help", "employee"), ("accessibility", "employee")],
        "/about/{slug:str}/edit": [("privacy", "administrator")],
        "/password-reset/{token:str}": [],
    }
    if "{" not in template:
        return [(template, who)]
    filled = examples[template]  # a new page with a parameter names its example here
    return [(_with(template, value), person) for value, person in filled]


def _with(template: str, value: str) -> str:
    start, end = template.index("{"), template.index("}")
    return template[:start] + value + template[end + 1 :]
