"""The results page and suggestions."""


async def test_what_somebody_may_read_is_found(as_, world):
    response = await (await as_("employee")).get("/search?q=collect")
    assert f'href="/ideas/{world.idea["collect"]}"' in response.text
