"""Whose name leads to a page. Where somebody is named in a space that she no longer reads, as who left the organisation
does not, her page may be nobody's to see: there she has a name, and no address."""

#: A person's (`p`) public id where she reads the space {}, else nothing; SQL.
ADDRESS = """
    CASE WHEN EXISTS (SELECT FROM readership pr WHERE pr.person = p.id AND pr.space = {}) THEN p.public_id ELSE '' END
"""
