"""The crawl's twin for writes: every form, as everybody, to everybody's things."""

from __future__ import annotations

import asyncpg
from litestar import Litestar

from portal import db
from portal.db import execute
from tests.access.crawl import ADMINISTRATORS_ONLY, fillings, routes
from tests.access.forms import changed, fingerprint, send, written
from tests.access.stage import NOBODY, READERS, staged
from tests.connections import OneConnection, OneConnectionAsGuests
from tests.sitemap import POSTS
from tests.world import World, email_of


async def test_no_form_reaches_what_is_out_of_sight(rollback: asyncpg.Connection, world: World, app: Litestar):
    async with staged(rollback, world, app) as stage:
        before = await fingerprint(rollback)
        wrong, sent = [], 0
        for reader in READERS:
            for route in routes(app, "POST"):
                for path, may_know in fillings(route, stage, reader):
                    if may_know or "{public_id}" not in route.path_format:
                        continue
                    status = await send(stage, reader, path, sent := sent + 1)
                    right = 401 if reader in NOBODY else 404
                    if path.startswith(ADMINISTRATORS_ONLY) and reader not in ("administrator", *NOBODY):
                        right = 403
                    if status != right:
                        wrong.append(f"{reader} sends to {path}: {status}, not {right}")
            after = await fingerprint(rollback)
            wrong += [f"{reader} changed {table}" for table in before if before[table] != after[table]]
            before = after
        assert not wrong, "\n".join(wrong[:30])
        assert sent > 500


async def test_the_same_forms_do_change_what_is_in_sight_and_allowed(
    rollback: asyncpg.Connection, world: World, app: Litestar
):
    """The control: these forms are complete, so that only the scope can have refused them."""
    async with staged(rollback, world, app) as stage:
        # the canaries have taken the addresses of people away: they are what the forms name
        for name in world.person_id:
            await execute("UPDATE identity SET email = {} WHERE person = {}", email_of(name), world.person_id[name])
        left = "UPDATE identity SET name = 'Owen Pritchard' WHERE person = {}"  # typed to confirm that she is erased
        await execute(left, world.person_id["deactivated"])
        for name in ("water", "roads"):
            await execute("UPDATE org_unit SET name = {} WHERE id = {}", f"Unit {name}", world.unit_id[name])
        await execute(  # so that there is a role to take away
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
            world.space_id["open"],
            world.person_id["insider_b"],
        )
        before = await fingerprint(rollback)
        # a button without fields has nothing that could be incomplete; tests/web/test_request.py presses each
        unchanged = {route.path_format for route in routes(app, "POST") if "{public_id}" in route.path_format}
        unchanged &= {path.replace(":str}", "}") for path, (_, _, fields) in POSTS.items() if fields}
        for route in routes(app, "POST"):
            for reader in ("employee", "insider_a", "guest_a", "administrator"):
                for path, may_know in fillings(route, stage, reader, deep=True):
                    if route.path_format not in unchanged or not may_know:
                        continue
                    for own in (True, False):
                        undone, since = rollback.transaction(), await written(rollback)
                        await undone.start()
                        if await send(stage, reader, path, 0, own=own) == 303 and await changed(
                            rollback, before, since
                        ):
                            unchanged.discard(route.path_format)
                        await undone.rollback()
        assert not unchanged, sorted(unchanged)


async def test_what_a_guest_may_do_the_second_wall_lets_her_do(
    rollback: asyncpg.Connection, world: World, app: Litestar, template: tuple[str, World]
):
    """Every form to everything in her sight, by the first wall alone and behind both: one answer, the same tables
    changed."""
    pools = {"first": OneConnection(rollback), "both": OneConnectionAsGuests(rollback, f"{template[0]}_guest")}
    async with staged(rollback, world, app) as stage:
        before = await fingerprint(rollback)
        paths = [
            path
            for route in routes(app, "POST")
            for path, may_know in fillings(route, stage, "guest_a", few=True)
            if may_know
        ]
        paths.remove("/sign-out")  # which is the same for everybody
        guest = stage.browsers["guest_a"]
        session = guest.http.cookies["sid"]
        found: dict[str, dict[str, tuple[int, set[str]]]] = {path: {} for path in paths}
        for wall, pool in pools.items():  # one after the other: what is planned for a role is not planned for another
            db.DB.guest_pool = pool
            for path in paths:
                undone, since = rollback.transaction(), await written(rollback)
                await undone.start()
                guest.keep_session(session)  # some forms end it
                status = await send(stage, "guest_a", path, 0)
                found[path][wall] = (status, await changed(rollback, before, since))
                await undone.rollback()
        different = [
            f"{path}: {of['first']} by the first wall alone, {of['both']} behind both"
            for path, of in found.items()
            if of["first"] != of["both"]
        ]
        assert not different, "\n".join(different)
        assert sum(bool(of["first"][1]) for of in found.values()) > 20
