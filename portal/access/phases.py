"""What each phase of a campaign takes in; the policy's predicates and the statements that write ask it here."""

#: What each phase of a campaign takes in.
WHILE_PROPOSING = {"collect"}
WHILE_EDITING = {"collect", "discuss"}
#: By how the campaign votes.
WHILE_SUPPORTING = {"support": {"collect", "discuss", "vote"}, "budget": {"vote"}}
WHILE_CORRECTING = {"vote", "decide"}
WHILE_COMMENTING = {"collect", "discuss", "vote", "decide"}
#: Who wrote it answers what the owner of its case asks, also after the campaign: then most cases of campaigns begin.
WHILE_ASKED = WHILE_COMMENTING | {"done", "cancelled"}
WHILE_ANSWERING = {"decide", "done", "cancelled"}
WHILE_RUNNING = {"collect", "discuss", "vote", "decide"}
WHILE_ARCHIVING = {"done", "cancelled"}
