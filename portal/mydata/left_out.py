"""What of a person's data is not taken along, and why."""

from __future__ import annotations

#: References to a person that are not taken along, and why.
LEFT_OUT: dict[str, str] = {
    "policy.created_by": "who typed it into the register: the policy is the organisation's",
    "action_request.decided_by": "what somebody else asked for",
    "appeal.decided_by": "the decision on somebody else's appeal: it tells of that person",
    "capture.author": "the idea and the workshop are there; for whom it was written down tells of somebody else",
    "capture.claimant": "the idea itself is there, once it is hers",
    "co_author.invited_by": "whom she invited tells of somebody else",
    "colleague_wish.decided_by": "somebody else's wish",
    "credential.person": "a password, of which only a hash is stored",
    "data_export.person": "this very file",
    "delegate.named_by": "whom she named for a leader tells of others",
    "decision.undone_by": "tells of somebody else's receipt",
    "departure.person": "since when she is a guest no longer; the log about her is there",
    "file_wish.decided_by": "somebody else's wish",
    "cluster_item.added_by": "which things she found alike tells of others",
    "cluster_item.left_by": "that something stands by itself again",
    "escalation.extension_by": "what somebody else asked for",
    "escalation.handed_to": "the case is there, while she decides it",
    "escalation.fraud_by": "what she suspected tells of others",
    "case_record.person": "the record of a case, made from what others wrote, for some days",
    "retention_list.author": "the organisation's list, not hers",
    "escalation_setting.author": "the organisation's setting, not hers",
    "idea.watched_by": "that she keeps an eye on something of somebody else's",
    "idea.speaks_for": "what somebody else wrote for her",
    "idea.edited_by": "who wrote along last; that she writes along is there",
    "invitation.invited_by": "whom she invited tells of somebody else",
    "membership.added_by": "whom she took into a group tells of somebody else",
    "membership.sponsor": "for which guest she answers tells of somebody else",
    "mention.person": "the words of somebody else; the mail about it showed them",
    "moderation_item.author": "a case about what she wrote: what was decided is in her receipts",
    "moderation_item.assigned_to": "for some hours, while it is her turn to look at it",
    "moderation_item.claimed_by": "for fifteen minutes, while she looks at it",
    "partner.created_by": "an organisation, and nobody of it",
    "password_reset.person": "a link's hash, for an hour",
    "search_document.person": "made out of her name and profile, which are there",
    "sign_in_link.person": "a link's hash, for half an hour",
}

#: Tables that hang on what is a person's own, and are not taken along, and why.
LEFT_OUT_TABLES: dict[str, str] = {
    "cluster_item": "which things of others hers stands with",
    "case_record": "the record of a case, made from what others wrote, for some days",
    "retention_log": "what was destroyed of cases, without its contents",
    "case_step": "what the clock sets off: the dates are in the case",
    "comment_day": "how many comments an idea had on a day: counted from what everybody wrote",
    "import_file": "a list of other people; what was handed in, and when, is there",
    "import_line": "a line about somebody else",
    "import_problem": "a line about somebody else",
    "invitation_link": "the hash of a link in a mail",
    "mention": "whom her comments call: the names stand in their texts",
    "moderation_item": "a case about what she wrote: what was decided is in her receipts",
    "search_document": "made out of texts that are there",
    "space_unit": "which units own a project, whoever leads them",
}
