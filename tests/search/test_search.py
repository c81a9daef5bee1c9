"""The results page and suggestions."""

import re

import pytest

from portal.db import execute
from portal.search.jobs import forget_words, take_in_words


async def test_x(as_, world):
    b = await as_("employee")
    r = await b.get("/search?q=idea")
    print(r.text[:3000])
    assert r.status_code == 200
