"""How people are named beside what they wrote.

Whose name leads to a page. Where somebody is named in a space that she no longer reads, as who left the organisation
does not, her page may be nobody's to see: there she has a name, and no address."""

#: A person's (`p`) public id where she reads the space {}, else nothing; SQL. OFFSET 0 makes PostgreSQL look up each of
#: the few names on a page: without it, everybody is read into a hash first.
ADDRESS = """
    CASE WHEN EXISTS (SELECT FROM reading pr WHERE pr.person = p.id AND pr.space = {} OFFSET 0)
        THEN p.public_id ELSE '' END
"""

#: The organisation that a guest {} comes from, as the members of a space {} read it; none of one who left.
COMES_FROM = """
    (SELECT fo.name FROM membership fm JOIN partner fo ON fo.id = fm.partner
        WHERE fm.person = {} AND fm.space = {} AND (fm.until IS NULL OR fm.until > plein_now()) LIMIT 1)
"""

#: Joins the name {0} of a person {1} in a space {2}: none of a guest who left it, where the space says so.
NAMED = """
    LEFT JOIN identity {0} ON {0}.person = {1} AND NOT EXISTS (
        SELECT FROM departure dp JOIN space ds ON ds.id = dp.space AND ds.leavers = 'former'
        WHERE dp.person = {1} AND dp.space = {2} OFFSET 0)
"""

#: Joins the name {0} of the leader for whom an idea `i` was posted, if it was.
SPOKEN_FOR = NAMED.format("{0}", "i.speaks_for", "i.space")

#: A person `mp` is known to the readers of `k`'s space: as one of them, or as a guest who left it.
KNOWN_THERE = """
    EXISTS (SELECT FROM reading mr WHERE mr.person = mp.id AND mr.space = k.space OFFSET 0)
    OR EXISTS (SELECT FROM departure md WHERE md.person = mp.id AND md.space = k.space)
"""
