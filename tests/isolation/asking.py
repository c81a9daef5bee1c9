"""Asking everything, as one asker, in a process of its own; and sending every form, one after the other."""

from __future__ import annotations

import uvloop

from tests.access.crawl import FILES, Crawl, crawl, learn_etags
from tests.access.forms import fingerprint
from tests.access.stage import NOBODY
from tests.isolation.channels import ask_export, ask_forms, ask_mail
from tests.isolation.demo import Plan, on_stage

#: Who has copies of files that guests ask for again.
OTHERS = ("insider_a", "employee", "guest_b")


def ask_everything(plan: Plan, asker: tuple[str | None, bool]) -> Crawl:
    """As one asker, behind both walls or by the first one alone."""
    return uvloop.run(_ask_everything(plan, *asker))


async def _ask_everything(plan: Plan, reader: str | None, behind: bool) -> Crawl:
    async with on_stage(plan, behind) as stage:
        await learn_etags(stage, *OTHERS, only=FILES)
        # what the first wall alone keeps, both keep: behind both, some of every kind are asked for
        result = await crawl(stage, reader, deep=not behind or reader in NOBODY, only=plan.only)
        if not behind:  # the worker writes these, who stands in front of no second wall
            await ask_mail(stage, result)
            await ask_export(stage, result)
        return result


async def send_forms(plan: Plan, readers: list[str | None]) -> tuple[list[Crawl], list[str]]:
    """The twin for writes: what every form did that was sent to what is out of sight, and what it changed."""
    crawls, changed = [], []
    async with on_stage(plan, behind=True) as stage:
        before = await fingerprint(stage.connection)
        for reader in readers:
            result = Crawl(reader)
            await ask_forms(stage, result, plan.only)
            after = await fingerprint(stage.connection)
            changed += [f"{reader} changed {table} by a form" for table in before if before[table] != after[table]]
            before = after
            crawls.append(result)
    return crawls, changed
