"""Moderation: a *report* brings a *moderation item* into the queue of its space, a moderator of that space *decides*,
the author reads it as a *receipt*, and may *appeal*, which somebody else decides."""

CLAIM_MINUTES = 15
#: After so much working time what waits to be checked goes to the next moderator.
CHECK_MINUTES = 240
APPEAL_DAYS = 14
#: For how many days a campaign is not archived because of an idea that was sent back.
WAITED_DAYS = 30
#: For how many days somebody may be kept from writing.
PAUSES = (1, 3, 7)
#: What a moderator can decide, in the order of the form.
ACTIONS = ("allow", "hide", "send back", "remove", "warn", "pause")
#: The decisions that take the words out of sight.
HIDING = ("hide", "send back", "remove")
