"""Whose name leads to a page. Where somebody is named in a space that she no longer reads, as who left the organisation
does not, her page may be nobody's to see: there she has a name, and no address."""

#: A person's (`p`) public id where she reads the space {}, else nothing; SQL. OFFSET 0 makes PostgreSQL look up each of
#: the few names on a page: without it, everybody is read into a hash first.
ADDRESS = """
    CASE WHEN EXISTS (SELECT FROM readership pr WHERE pr.person = p.id AND pr.space = {} OFFSET 0)
        THEN p.public_id ELSE '' END
"""
