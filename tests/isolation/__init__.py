"""`make prove-isolation`: the crawl of tests/access, every question of it, on the demo organisation.

`demo` makes a scratch database with the demo in it and everything planted, `channels` asks what no page shows (mail, a
file with one's own data, forms), `report` says it in words that need no technician.
"""
