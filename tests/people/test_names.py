"""Where somebody is named: with an address where she has a page to see, else without."""

import pytest

from portal.db import execute
from tests.client import text_of


@pytest.mark.parametrize("gone", [False, True])
async def test_the_name_of_who_reads_there_no_longer_leads_nowhere(as_, world, gone):
    """On an idea, its comments and answer, in lists, on a campaign, in what is found, and on the desk."""
    pages = {
        "author": [
            f"/ideas/{world.idea['vote']}",
            f"/campaigns/{world.campaign['vote']}",
            "/search?q=idea",
        ],
        "colleague": [f"/ideas/{world.idea['vote']}"],
        "sponsor": [f"/campaigns/{world.campaign['vote']}"],
    }
    reader = await as_("employee")
    if gone:
        left = [world.person_id[name] for name in pages]
        await execute("UPDATE person SET active = FALSE WHERE id = ANY({})", left)
    for name, addresses in pages.items():
        for address in addresses:
            page = text_of(await reader.get(address))
            assert (f'href="/people/{world.person[name]}"' in page) is not gone, (name, address)
