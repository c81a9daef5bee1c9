"""Invitations: how guests come into a space, for which *partner* organisation, with which rights, and until when.

Whoever invites answers for them: the *sponsor*. A guest may *wish* for a colleague; the host decides."""
