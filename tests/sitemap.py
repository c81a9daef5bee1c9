"""Every route of the application, with an address that is there, somebody who may go there, and a form that is right.

A test that goes over "every route" or "every page" takes them from here; `tests/web/test_request.py` proves that none
is missing.
"""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

from portal.calendar.day_list import mark as days_mark
from portal.invitations.guest_list import mark
from portal.web.assets import assets
from tests.world import PASSWORD, World, email_of, picture

SETTINGS = {"language": "en", "zone": "Europe/Paris", "theme": "", "wants_mail": "y"}
#: As a list that is typed, and as a file.
GUEST_LIST = "E-mail\nforged@overwater.example"
GUEST = {
    "guest_email": "ada@overwater.example",
    "name": "Ada",
    "partner": "{partner[overwater]}",
    "may_write": "y",
    "until": "2026-08-01",
    "language": "en",
}
PROFILE = {
    "name": "Noor",
    "title": "Planner",
    "status_line": "On the road",
    "status_day": "2026-06-30",
    "phone": "+31 6 5550 0142",
    "place": "Depot North",
    "hours": "Mornings",
    "skills": "night closures, traffic plans",
    "about": "I plan who closes which road.",
    "status_for": "colleagues",
    "phone_for": "circle",
    "place_for": "me",
    "hours_for": "everyone",
    "skills_for": "everyone",
    "about_for": "everyone",
}
POLICY = {
    "title": "Working from abroad",
    "about": "For everyone",
    "owner_called": email_of("sponsor"),
    "summary": "Four weeks a year.",
    "body": "You may work abroad for **four weeks**.",
    "in_force_from": "2024-01-15",
    "language": "en",
}
PROPOSAL = {
    "body": "You may take the train.",
    "summary": "The train, too.",
    "reason": "People asked.",
    "comments_until": "2026-07-15",
    "in_force_from": "2026-08-01",
    "version": "2",
}
THRESHOLDS = {
    "k1": "2",
    "k2": "8",
    "cap1": "30",
    "cap2": "50",
    "triage1_hours": "4",
    "triage2_hours": "2",
    "acknowledge1_days": "1",
    "acknowledge2_hours": "4",
    "statement1_days": "3",
    "statement2_days": "1",
    "answer_days": "10",
    "news1_days": "20",
    "news2_days": "10",
    "extension_days": "10",
    "overdue2_days": "5",
    "overdue3_days": "10",
    "reason": "Fewer cases.",
    "consent_by": "Anouk Piersma",
    "consent_on": "2026-06-01",
    "read": "1",
}
IDEA = {"title": "A bridge", "body": "Build **it**.", "tags": "bridge, water", "language": "en", "version": "1"}
POST = {"title": "The new travel rule", "body": "Who **asked** for it?", "language": "en", "version": "1"}
DAYS = {"list": "Day,Name\n2026-07-03,Bridge day"}
AWAY = {"from_day": "2026-07-01", "until_day": "2026-07-10"}
TOPIC = {
    "name": "Travel",
    "explanation": "Trains and nights away.",
    "owner": email_of("employee"),
    "deputy": email_of("colleague"),
    "neutral": email_of("moderator"),
    "state": "published",
}
CAMPAIGN = {"title": "Whose bridge?", "lead": "Who looks after it?", "brief": "Tell us.", "language": "en"}
PEOPLE = {"sponsor_called": email_of("sponsor"), "promise": "I answer.", "decision_owner_called": email_of("sponsor")}
DATES = {
    "collect_from": "2026-07-01T09:00",
    "discuss_from": "2026-07-08T09:00",
    "vote_from": "2026-07-15T09:00",
    "decide_from": "2026-07-22T09:00",
    "done_from": "2026-07-29T09:00",
}
LATER = {"decide_from": "2026-07-22T09:00", "done_from": "2026-07-29T09:00", "reason": "The holidays.", "version": "1"}
ANSWER = {
    "kind": "changed",
    "summary": "We build it.",
    "reason": "Because it is needed.",
    "from_when": "May",
    "next_step": "Drawing it",
    "next_owner_called": email_of("author"),
    "next_date": "2026-09-01",
}
WORKSHOP = {
    "name": "Table talk",
    "held_on": "2026-06-10",
    "place": "Depot",
    "language": "en",
    "title_0": "A lamp",
    "text_0": "At the **gate**.",
    "whom_0": email_of("colleague"),
}
GROUP = {
    "name": "Boats",
    "purpose": "All about boats",
    "nature": "work",
    "access": "open",
    "second_owner": email_of("colleague"),
    "label": "internal",
    "preset": "open floor",
    "language": "en",
}
PROJECT = {
    "name": "Quay wall",
    "purpose": "One wall, two services",
    "access": "open",
    "unit_0": "Unit roads",
    "ends_on": "2026-12-31",
    "label": "internal",
    "preset": "working together",
    "language": "en",
}
WITH_GUESTS = {
    "name": "Dredging",
    "purpose": "With those who dredge",
    "label": "confidential",
    "checks": "first",
    "preset": "with guests",
    "language": "en",
}
SISTER = {"name": "Polder board", "purpose": "Next door", "label": "internal", "preset": "open floor", "language": "en"}
KEPT = WITH_GUESTS | {"guest_days": "60", "no_show_days": "14", "leavers": "former", "keep_days": "14"}
CHAPTER = {"title": "The first morning", "body": "Ring at **gate 3**.", "when": "own", "days": "-3"}
REPORT = {"rule": "persons", "words": "It names her."}

#: POST route -> who may, the address, and a form that is right.
POSTS: dict[str, tuple[str | None, str, dict[str, str]]] = {
    "/about/{slug:str}/edit": ("administrator", "/about/help/edit", {"title": "Help", "body": "Ask.", "version": "9"}),
    "/admin/mail/{public_id:str}/retry": ("administrator", "/admin/mail/{mail}/retry", {}),
    "/attachments/{public_id:str}/description": (
        "author",
        "/attachments/{attachment[collect]}/description",
        {"description": "A bridge in the rain"},
    ),
    "/attachments/{public_id:str}/removal": ("author", "/attachments/{attachment[collect]}/removal", {}),
    "/admin/demo": (
        "administrator",
        "/admin/demo",
        {"organisation": "X", "language": "nl", "zone": "Europe/Amsterdam"},
    ),
    "/admin/imports": ("administrator", "/admin/imports", {"kind": "people"}),
    "/admin/imports/{public_id:str}/removal": ("administrator", "/admin/imports/{people_import[ready]}/removal", {}),
    "/admin/imports/{public_id:str}/start": (
        "administrator",
        "/admin/imports/{people_import[ready]}/start",
        {"seen": "{people_import[seen]}"},
    ),
    "/admin/imports/{public_id:str}/stop": ("administrator", "/admin/imports/{people_import[ready]}/stop", {}),
    "/admin/people": (
        "administrator",
        "/admin/people",
        {"name": "Ada Bruin", "email": "ada@world.example", "language": "en", "invite": "y"},
    ),
    "/admin/people/{public_id:str}": (
        "administrator",
        "/admin/people/{person[employee]}",
        {"name": "Noor", "email": email_of("employee"), "title": "Planner"},
    ),
    "/admin/people/{public_id:str}/guest": (
        "administrator",
        "/admin/people/{person[colleague]}/guest",
        {"spaces": "/spaces/{space[closed_a]}", "successor": ""},
    ),
    "/admin/people/{public_id:str}/activation": ("administrator", "/admin/people/{person[deactivated]}/activation", {}),
    "/admin/people/{public_id:str}/deactivation": (
        "administrator",
        "/admin/people/{person[colleague]}/deactivation",
        {"successor": ""},
    ),
    "/admin/people/{public_id:str}/erasure": (
        "administrator",
        "/admin/people/{person[deactivated]}/erasure",
        {"confirmation": "Owen Pritchard"},
    ),
    "/admin/roles/entry": (
        "administrator",
        "/admin/roles/entry",
        {"address": "/spaces/{space[closed_a]}", "role": "member"},
    ),
    "/admin/roles/{public_id:str}": (
        "administrator",
        "/admin/roles/{space[organisation]}",
        {"colleague": email_of("employee"), "role": "moderator"},
    ),
    "/admin/roles/{public_id:str}/end": (
        "administrator",
        "/admin/roles/{space[organisation]}/end",
        {"colleague": email_of("moderator"), "role": "moderator"},
    ),
    "/admin/calendar/country": ("administrator", "/admin/calendar/country", {"country": "NL"}),
    "/admin/calendar/days": ("administrator", "/admin/calendar/days", {"day": "2026-07-03", "name": "Bridge day"}),
    "/admin/calendar/days/removal": ("administrator", "/admin/calendar/days/removal", {"day": "2026-12-25"}),
    "/admin/calendar/hours": (
        "administrator",
        "/admin/calendar/hours",
        {"zone": "Europe/Amsterdam", "opens_1": "08:00", "closes_1": "16:30"},
    ),
    "/admin/calendar/list": ("administrator", "/admin/calendar/list", DAYS | {"tried": days_mark(DAYS["list"])}),
    "/admin/topics": ("administrator", "/admin/topics", TOPIC),
    "/admin/topics/absences": ("administrator", "/admin/topics/absences", AWAY | {"colleague": email_of("employee")}),
    "/admin/topics/absences/{public_id:str}/removal": (
        "administrator",
        "/admin/topics/absences/{absence[sponsor]}/removal",
        {},
    ),
    "/admin/topics/rule": ("administrator", "/admin/topics/rule", {"owner": email_of("employee")}),
    "/admin/topics/rule/removal": ("administrator", "/admin/topics/rule/removal", {"topic": "{topic[draft]}"}),
    "/admin/topics/{public_id:str}": ("administrator", "/admin/topics/{topic[leave]}", TOPIC),
    "/admin/units": ("administrator", "/admin/units", {"name": "North", "code": "N", "parent": ""}),
    "/admin/units/{public_id:str}": ("administrator", "/admin/units/{unit[roads]}", {"name": "Roads", "parent": ""}),
    "/admin/units/{public_id:str}/merger": (
        "administrator",
        "/admin/units/{unit[roads]}/merger",
        {"into": "Unit water"},
    ),
    "/admin/units/{public_id:str}/removal": ("administrator", "/admin/units/{unit[roads]}/removal", {}),
    "/campaigns/new": ("campaign_owner", "/campaigns/new", CAMPAIGN | {"space": "{space[organisation]}"}),
    "/campaigns/{public_id:str}/acceptance": (
        "decision_maker",
        "/campaigns/{campaign[proposed]}/acceptance",
        {"version": "1"},
    ),
    "/campaigns/{public_id:str}/archival": ("insider_a", "/campaigns/{campaign[over]}/archival", {}),
    "/campaigns/{public_id:str}/cancellation": (
        "campaign_owner",
        "/campaigns/{campaign[vote]}/cancellation",
        {"reason": "The hall burnt down."},
    ),
    "/campaigns/{public_id:str}/edit/{step:str}": (
        "campaign_owner",
        "/campaigns/{campaign[collect]}/edit/question",
        CAMPAIGN,
    ),
    "/campaigns/{public_id:str}/extension": ("campaign_owner", "/campaigns/{campaign[vote]}/extension", LATER),
    "/campaigns/{public_id:str}/follow": ("employee", "/campaigns/{campaign[vote]}/follow", {}),
    "/campaigns/{public_id:str}/follow/end": ("employee", "/campaigns/{campaign[vote]}/follow/end", {}),
    "/campaigns/{public_id:str}/ideas": ("employee", "/campaigns/{campaign[collect]}/ideas", IDEA),
    "/campaigns/{public_id:str}/proposal": ("campaign_owner", "/campaigns/{campaign[proposed]}/proposal", {}),
    "/campaigns/{public_id:str}/refusal": (
        "decision_maker",
        "/campaigns/{campaign[proposed]}/refusal",
        {"reason": "Not now."},
    ),
    "/campaigns/{public_id:str}/removal": ("campaign_owner", "/campaigns/{campaign[draft]}/removal", {}),
    "/campaigns/{public_id:str}/workshops": ("employee", "/campaigns/{campaign[collect]}/workshops", WORKSHOP),
    "/captures/{public_id:str}/claim": ("employee", "/captures/{capture[collect]}/claim", {}),
    "/captures/{public_id:str}/confirmation": ("author", "/captures/{capture[done]}/confirmation", {}),
    "/captures/{public_id:str}/confirmation/refusal": ("author", "/captures/{capture[done]}/confirmation/refusal", {}),
    "/captures/{public_id:str}/refusal": ("colleague", "/captures/{capture[discuss]}/refusal", {}),
    "/comments/{public_id:str}/edit": ("colleague", "/comments/{comment[vote]}/edit", {"body": "Better."}),
    "/comments/{public_id:str}/reactions": ("employee", "/comments/{comment[vote]}/reactions", {"give": "helpful"}),
    "/comments/{public_id:str}/removal": ("colleague", "/comments/{comment[vote]}/removal", {}),
    "/groups": ("employee", "/groups", GROUP),
    "/projects": ("employee", "/projects", PROJECT),
    "/guest-spaces": ("insider_a", "/guest-spaces", WITH_GUESTS),
    "/sister-spaces": ("administrator", "/sister-spaces", SISTER),
    "/spaces/{public_id:str}/posts/new": ("employee", "/spaces/{space[organisation]}/posts/new", POST),
    "/posts/{public_id:str}/edit": ("author", "/posts/{idea[post]}/edit", POST),
    "/posts/{public_id:str}/request": ("employee", "/posts/{idea[post]}/request", {"reason": "Somebody should look."}),
    "/posts/{public_id:str}/action": ("moderator", "/posts/{idea[post]}/action", {"what": "none", "words": "Not now."}),
    "/people/{public_id:str}/delegates": (
        "administrator",
        "/people/{person[sponsor]}/delegates",
        {"colleague": email_of("employee")},
    ),
    "/people/{public_id:str}/delegates/{person:str}/end": (
        "administrator",
        "/people/{person[sponsor]}/delegates/{person[colleague]}/end",
        {},
    ),
    "/ideas/{public_id:str}/highlight": ("insider_a", "/ideas/{idea[closed_a]}/highlight", {"pin": "y"}),
    "/spaces/{public_id:str}/archive": ("insider_a", "/spaces/{space[closed_a]}/archive", {}),
    "/spaces/{public_id:str}/archive/end": ("insider_b", "/spaces/{space[archived]}/archive/end", {}),
    "/spaces/{public_id:str}/card": (
        "insider_a",
        "/spaces/{space[closed_a]}/card",
        {"office_hours": "Tuesdays", "whereabouts": "Lock house 2"},
    ),
    "/spaces/{public_id:str}/charter": (
        "insider_a",
        "/spaces/{space[closed_a]}/charter",
        {"preset": "own", "charter": "Be kind."},
    ),
    "/spaces/{public_id:str}/charter/acceptance": (
        "guest_a",
        "/spaces/{space[closed_a]}/charter/acceptance",
        {"version": "1", "accept": "y"},
    ),
    "/spaces/{public_id:str}/edit": ("insider_a", "/spaces/{space[closed_a]}/edit", KEPT),
    "/spaces/{public_id:str}/keep": ("insider_b", "/spaces/{space[closed_b]}/keep", {}),
    "/spaces/{public_id:str}/roles": (
        "insider_a",
        "/spaces/{space[closed_a]}/roles",
        {"colleague": email_of("employee"), "role": "moderator"},
    ),
    "/spaces/{public_id:str}/roles/end": (
        "insider_a",
        "/spaces/{space[closed_a]}/roles/end",
        {"colleague": email_of("insider_a"), "role": "community_manager"},
    ),
    "/spaces/{public_id:str}/sections": ("insider_a", "/spaces/{space[organisation]}/sections", WITH_GUESTS),
    "/ideas/{public_id:str}/answer": ("sponsor", "/ideas/{idea[decide]}/answer", ANSWER),
    "/ideas/{public_id:str}/answer/correction": ("sponsor", "/ideas/{idea[told]}/answer/correction", ANSWER),
    "/ideas/{public_id:str}/co-authors": (
        "author",
        "/ideas/{idea[collect]}/co-authors",
        {"colleague": email_of("colleague")},
    ),
    "/ideas/{public_id:str}/co-authors/{person:str}/end": (
        "author",
        "/ideas/{idea[open]}/co-authors/{person[colleague]}/end",
        {},
    ),
    "/ideas/{public_id:str}/co-authorship": ("colleague", "/ideas/{idea[open]}/co-authorship", {}),
    "/ideas/{public_id:str}/co-authorship/end": ("colleague", "/ideas/{idea[open]}/co-authorship/end", {}),
    "/ideas/{public_id:str}/correction": ("author", "/ideas/{idea[vote]}/correction", {"body": "Two, not three."}),
    "/ideas/{public_id:str}/discard": ("author", "/ideas/{idea[draft]}/discard", {}),
    "/ideas/{public_id:str}/help": ("employee", "/ideas/{idea[vote]}/help", {"body": "I can test it."}),
    "/ideas/{public_id:str}/help/end": ("employee", "/ideas/{idea[vote]}/help/end", {}),
    "/ideas/{public_id:str}/status": (
        "sponsor",
        "/ideas/{idea[decide]}/status",
        {"step": "under review", "body": "We read it."},
    ),
    "/ideas/{public_id:str}/return": ("author", "/ideas/{idea[withdrawn]}/return", {"reason": "It is not done."}),
    "/ideas/{public_id:str}/withdrawal": ("author", "/ideas/{idea[open]}/withdrawal", {"reason": "It is done."}),
    "/services": ("administrator", "/services", {"name": "Lamps", "description": "All light."}),
    "/policies": ("administrator", "/policies", POLICY),
    "/policies/{public_id:str}/proposal": ("sponsor", "/policies/{policy[travel]}/proposal", PROPOSAL),
    "/policies/{public_id:str}/proposal/end": ("sponsor", "/policies/{policy[nights]}/proposal/end", {"why": "Later."}),
    "/policies/{public_id:str}/owner": (
        "sponsor",
        "/policies/{policy[travel]}/owner",
        {"owner_called": email_of("decision_maker")},
    ),
    "/charter": ("administrator", "/charter", THRESHOLDS),
    "/services/{public_id:str}/edit": ("administrator", "/services/{service[roads]}/edit", {"name": "Roads"}),
    "/ideas/{public_id:str}/attachments": ("author", "/ideas/{idea[collect]}/attachments", {}),
    "/attachments/{public_id:str}/wish": ("guest_a", "/attachments/{attachment[closed_a]}/wish", {}),
    "/file-wishes/{public_id:str}": ("insider_a", "/file-wishes/{file_wish[closed_a]}", {"answer": "give"}),
    "/spaces/{public_id:str}/as-guest": ("insider_a", "/spaces/{space[closed_a]}/as-guest", {}),
    "/spaces/{public_id:str}/as-guest/end": ("insider_a", "/spaces/{space[closed_a]}/as-guest/end", {}),
    "/ideas/{public_id:str}/move": ("author", "/ideas/{idea[collect]}/move", {}),
    "/campaigns/{public_id:str}/move": ("campaign_owner", "/campaigns/{campaign[collect]}/move", {}),
    "/ideas/{public_id:str}/comments": (
        "employee",
        "/ideas/{idea[vote]}/comments",
        {"body": "Yes.", "reply_to": "{comment[vote]}"},
    ),
    "/ideas/{public_id:str}/digest/edit": (
        "moderator",
        "/ideas/{idea[vote]}/digest/edit",
        {"body": "- **Yes**, say most", "how": "I read it all.", "language": "en", "version": "0"},
    ),
    "/ideas/{public_id:str}/edit": ("author", "/ideas/{idea[collect]}/edit", IDEA),
    "/ideas/{public_id:str}/follow": ("employee", "/ideas/{idea[vote]}/follow", {}),
    "/ideas/{public_id:str}/follow/end": ("employee", "/ideas/{idea[vote]}/follow/end", {}),
    "/ideas/{public_id:str}/vote": ("employee", "/ideas/{idea[vote]}/vote", {"next": "/", "shape": "panel"}),
    "/ideas/{public_id:str}/vote/withdrawal": ("employee", "/ideas/{idea[vote]}/vote/withdrawal", {"next": "/"}),
    "/campaigns/{public_id:str}/report": ("employee", "/campaigns/{campaign[vote]}/report", REPORT),
    "/comments/{public_id:str}/report": ("employee", "/comments/{comment[decide]}/report", REPORT),
    "/ideas/{public_id:str}/report": ("employee", "/ideas/{idea[vote]}/report", REPORT),
    "/moderation/decisions/{public_id:str}/undo": ("moderator", "/moderation/decisions/{decision[decide]}/undo", {}),
    "/moderation/items/{public_id:str}/appeal": (
        "moderator",
        "/moderation/items/{item[appealed]}/appeal",
        {"outcome": "granted", "reason": "It was right."},
    ),
    "/moderation/items/{public_id:str}/claim": ("moderator", "/moderation/items/{item[vote]}/claim", {"release": ""}),
    "/moderation/items/{public_id:str}/decision": (
        "moderator",
        "/moderation/items/{item[vote]}/decision",
        {"action": "warn", "rule": "persons", "days": "3", "words": "Leave the name out."},
    ),
    "/receipts/{public_id:str}/appeal": (
        "colleague",
        "/receipts/{decision[decide]}/appeal",
        {"words": "It was right."},
    ),
    "/receipts/{public_id:str}/text": (
        "colleague",
        "/receipts/{decision[sent_back]}/text",
        {"title": "", "body": "Without the number."},
    ),
    "/password-reset": (None, "/password-reset", {"email": email_of("employee")}),
    "/password-reset/{token:str}": (None, "/password-reset/no-such-token", {"password": "seven otters under ice"}),
    "/preferences": ("employee", "/preferences", {"language": "nl", "theme": "dark", "next": "/groups"}),
    "/set-up": (None, "/set-up", {"code": "abcd"}),
    "/settings/absences": ("employee", "/settings/absences", AWAY),
    "/settings/absences/{public_id:str}/removal": ("sponsor", "/settings/absences/{absence[sponsor]}/removal", {}),
    "/settings/data": ("employee", "/settings/data", {}),
    "/settings": ("employee", "/settings", SETTINGS),
    "/settings/password": (
        "employee",
        "/settings/password",
        {"current_password": PASSWORD, "password": "seven otters under ice"},
    ),
    "/settings/photo": ("employee", "/settings/photo", {}),
    "/settings/photo/removal": ("employee", "/settings/photo/removal", {}),
    "/settings/profile": ("employee", "/settings/profile", PROFILE),
    "/settings/sessions/end-others": ("employee", "/settings/sessions/end-others", {}),
    "/settings/sessions/{public_id:str}/end": ("employee", "/settings/sessions/no-such-session/end", {}),
    "/sign-in": (None, "/sign-in", {"email": email_of("employee"), "password": "wrong", "next": "/groups"}),
    "/sign-out": ("employee", "/sign-out", {}),
    "/spaces/{public_id:str}/guests/{guest:str}/removal": (
        "insider_a",
        "/spaces/{space[closed_a]}/guests/{person[guest_a]}/removal",
        {},
    ),
    "/spaces/{public_id:str}/members": (
        "insider_a",
        "/spaces/{space[closed_a]}/members",
        {"colleague": email_of("employee")},
    ),
    "/sign-in/link": (None, "/sign-in/link", {"email": email_of("guest_a")}),
    "/sign-in/link/{token:str}": (None, "/sign-in/link/no-such-token", {}),
    "/invitations/{token:str}": (None, "/invitations/no-such-token", {"name": "Rosalie"}),
    "/invitations/{token:str}/refusal": (None, "/invitations/no-such-token/refusal", {}),
    "/spaces/{public_id:str}/guests": ("insider_a", "/spaces/{space[closed_a]}/guests", GUEST),
    "/spaces/{public_id:str}/guests/list": (
        "insider_a",
        "/spaces/{space[closed_a]}/guests/list",
        {"list": GUEST_LIST, "partner": "{partner[overwater]}", "until": "2026-08-01"}
        | {"language": "en", "tried": mark(GUEST_LIST, "partnerwater", "2026-08-01")},
    ),
    "/spaces/{public_id:str}/guests/{guest:str}/first-day": (
        "insider_b",
        "/spaces/{space[closed_b]}/guests/{person[guest_b]}/first-day",
        {"starts_on": "2026-07-01"},
    ),
    "/spaces/{public_id:str}/chapters": ("insider_b", "/spaces/{space[closed_b]}/chapters", CHAPTER),
    "/chapters/{public_id:str}/edit": ("insider_b", "/chapters/{chapter[late]}/edit", CHAPTER),
    "/chapters/{public_id:str}/removal": ("insider_b", "/chapters/{chapter[late]}/removal", {}),
    "/spaces/{public_id:str}/mentors": ("insider_b", "/spaces/{space[closed_b]}/mentors", {"most": "3", "words": "Hi"}),
    "/spaces/{public_id:str}/mentors/end": ("insider_b", "/spaces/{space[closed_b]}/mentors/end", {}),
    "/spaces/{public_id:str}/guests/renewal": ("insider_a", "/spaces/{space[closed_a]}/guests/renewal", {}),
    "/sent-invitations/{public_id:str}/mail": ("insider_a", "/sent-invitations/{invitation[a]}/mail", {}),
    "/sent-invitations/{public_id:str}/revocation": ("insider_a", "/sent-invitations/{invitation[a]}/revocation", {}),
    "/spaces/{public_id:str}/record": ("insider_b", "/spaces/{space[archived]}/record", {}),
    "/house-rules/acceptance": ("guest_a", "/house-rules/acceptance", {"page": "1", "next": "/"}),
    "/spaces/{public_id:str}/wishes": (
        "guest_a",
        "/spaces/{space[closed_a]}/wishes",
        {"name": "Ada", "guest_email": "ada@overwater.example", "words": "She knows the lock."},
    ),
    "/wishes/{public_id:str}/refusal": ("insider_a", "/wishes/{wish[a]}/refusal", {"reason": "We are enough."}),
    "/partners": ("administrator", "/partners", {"name": "Studio Groen", "domains": "groen.example"}),
    "/partners/{public_id:str}": (
        "administrator",
        "/partners/{partner[overwater]}",
        {"name": "Overwater", "domains": "overwater.example, over.example"},
    ),
    "/spaces/{public_id:str}/membership": ("employee", "/spaces/{space[open]}/membership", {}),
    "/spaces/{public_id:str}/membership/end": ("guest_a", "/spaces/{space[closed_a]}/membership/end", {}),
}
#: POST route -> the files that such a form holds beside, as httpx takes them.
FILES: dict[str, dict[str, tuple[str, bytes]]] = {
    "/admin/imports": {"file": ("people.csv", b"name;email\nAda;ada@x.example\n")},
    "/ideas/{public_id:str}/attachments": {"files": ("counts.csv", b"depot,nights\nNorth,12\n")},
    "/spaces/{public_id:str}/guests/list": {"file": ("guests.csv", GUEST_LIST.encode())},
    "/settings/photo": {"photo": ("me.png", picture("png"))},
}
#: GET route -> who may, and the address.
GETS: dict[str, tuple[str | None, str]] = {
    "/": ("employee", "/"),
    "/about/{slug:str}": (None, "/about/help"),
    "/about/{slug:str}/edit": ("administrator", "/about/help/edit"),
    "/admin": ("administrator", "/admin"),
    "/attachments/{public_id:str}": ("employee", "/attachments/{attachment[vote]}"),
    "/attachments/{public_id:str}/description": ("author", "/attachments/{attachment[collect]}/description"),
    "/attachments/{public_id:str}/thumbnail": ("employee", "/attachments/{attachment[vote]}/thumbnail"),
    "/attachments/{public_id:str}/wish": ("employee", "/attachments/{attachment[vote]}/wish"),
    "/file-wishes/{public_id:str}": ("insider_a", "/file-wishes/{file_wish[closed_a]}"),
    "/ideas/{public_id:str}/move": ("author", "/ideas/{idea[collect]}/move?to={campaign[open]}"),
    "/posts/new": ("employee", "/posts/new"),
    "/posts/{public_id:str}": ("employee", "/posts/{idea[post]}"),
    "/posts/{public_id:str}/edit": ("author", "/posts/{idea[post]}/edit"),
    "/posts/{public_id:str}/request": ("employee", "/posts/{idea[post]}/request"),
    "/posts/{public_id:str}/action": ("moderator", "/posts/{idea[post]}/action"),
    "/spaces/{public_id:str}/requests": ("insider_a", "/spaces/{space[closed_a]}/requests"),
    "/people/{public_id:str}/delegates": ("administrator", "/people/{person[sponsor]}/delegates"),
    "/spaces/{public_id:str}/posts": ("employee", "/spaces/{space[organisation]}/posts"),
    "/spaces/{public_id:str}/posts/new": ("employee", "/spaces/{space[organisation]}/posts/new"),
    "/campaigns/{public_id:str}/move": ("campaign_owner", "/campaigns/{campaign[collect]}/move"),
    "/spaces/{public_id:str}/file-wishes": ("insider_a", "/spaces/{space[closed_a]}/file-wishes"),
    "/admin/demo": ("administrator", "/admin/demo"),
    "/admin/imports": ("administrator", "/admin/imports"),
    "/admin/imports/{public_id:str}": ("administrator", "/admin/imports/{people_import[ready]}"),
    "/admin/imports/{public_id:str}/problems": ("administrator", "/admin/imports/{people_import[ready]}/problems"),
    "/admin/people": ("administrator", "/admin/people"),
    "/admin/people/new": ("administrator", "/admin/people/new"),
    "/admin/people/{public_id:str}": ("administrator", "/admin/people/{person[employee]}"),
    "/admin/people/{public_id:str}/deactivation": ("administrator", "/admin/people/{person[insider_a]}/deactivation"),
    "/admin/people/{public_id:str}/erasure": ("administrator", "/admin/people/{person[deactivated]}/erasure"),
    "/admin/people/{public_id:str}/guest": ("administrator", "/admin/people/{person[insider_a]}/guest"),
    "/admin/roles": ("administrator", "/admin/roles"),
    "/admin/calendar": ("administrator", "/admin/calendar"),
    "/admin/calendar/list": ("administrator", "/admin/calendar/list"),
    "/admin/topics": ("administrator", "/admin/topics?topic={topic[leave]}&unit=Unit+water"),
    "/admin/topics/absences": ("administrator", "/admin/topics/absences"),
    "/admin/topics/new": ("administrator", "/admin/topics/new"),
    "/admin/topics/rule": ("administrator", "/admin/topics/rule?topic={topic[leave]}"),
    "/admin/topics/{public_id:str}": ("administrator", "/admin/topics/{topic[leave]}"),
    "/admin/units": ("administrator", "/admin/units"),
    "/admin/units/new": ("administrator", "/admin/units/new?under={unit[roads]}"),
    "/admin/units/{public_id:str}": ("administrator", "/admin/units/{unit[roads]}"),
    "/campaigns": ("employee", "/campaigns"),
    "/campaigns/new": ("employee", "/campaigns/new"),
    "/campaigns/{public_id:str}": ("employee", "/campaigns/{campaign[vote]}"),
    "/campaigns/{public_id:str}/archival": ("campaign_owner", "/campaigns/{campaign[decide]}/archival"),
    "/campaigns/{public_id:str}/cancellation": ("campaign_owner", "/campaigns/{campaign[vote]}/cancellation"),
    "/campaigns/{public_id:str}/edit": ("campaign_owner", "/campaigns/{campaign[draft]}/edit"),
    "/campaigns/{public_id:str}/edit/{step:str}": ("campaign_owner", "/campaigns/{campaign[draft]}/edit/people"),
    "/campaigns/{public_id:str}/extension": ("campaign_owner", "/campaigns/{campaign[vote]}/extension"),
    "/campaigns/{public_id:str}/ideas": ("employee", "/campaigns/{campaign[collect]}/ideas"),
    "/campaigns/{public_id:str}/ideas/new": ("employee", "/campaigns/{campaign[collect]}/ideas/new"),
    "/campaigns/{public_id:str}/waiting": ("sponsor", "/campaigns/{campaign[decide]}/waiting"),
    "/campaigns/{public_id:str}/workshops": ("employee", "/campaigns/{campaign[collect]}/workshops"),
    "/campaigns/{public_id:str}/workshops/new": ("employee", "/campaigns/{campaign[collect]}/workshops/new"),
    "/colleagues": ("employee", "/colleagues?typed=sch&space={space[organisation]}"),
    "/comments/{public_id:str}": ("employee", "/comments/{comment[vote]}"),
    "/comments/{public_id:str}/edit": ("colleague", "/comments/{comment[vote]}/edit"),
    "/comments/{public_id:str}/replies": ("employee", "/comments/{comment[vote]}/replies"),
    "/comments/{public_id:str}/versions": ("employee", "/comments/{comment[discuss]}/versions"),
    "/groups": ("employee", "/groups"),
    "/groups/similar": ("employee", "/groups/similar?name=Bridge%20dat"),
    "/projects/new": ("employee", "/projects/new"),
    "/guest-spaces/new": ("insider_a", "/guest-spaces/new"),
    "/sister-spaces/new": ("administrator", "/sister-spaces/new"),
    "/ideas/{public_id:str}/highlight": ("insider_a", "/ideas/{idea[closed_a]}/highlight"),
    "/spaces/{public_id:str}/card": ("insider_a", "/spaces/{space[closed_a]}/card"),
    "/spaces/{public_id:str}/charter": ("insider_a", "/spaces/{space[closed_a]}/charter"),
    "/spaces/{public_id:str}/charter/new": ("insider_a", "/spaces/{space[closed_a]}/charter/new"),
    "/spaces/{public_id:str}/edit": ("insider_a", "/spaces/{space[closed_a]}/edit"),
    "/spaces/{public_id:str}/figures": ("insider_a", "/spaces/{space[closed_a]}/figures"),
    "/spaces/{public_id:str}/members": ("insider_a", "/spaces/{space[closed_a]}/members"),
    "/spaces/{public_id:str}/membership/new": ("insider_a", "/spaces/{space[closed_a]}/membership/new"),
    "/spaces/{public_id:str}/roles": ("insider_a", "/spaces/{space[closed_a]}/roles"),
    "/spaces/{public_id:str}/sections/new": ("insider_a", "/spaces/{space[organisation]}/sections/new"),
    "/groups/new": ("employee", "/groups/new"),
    "/health": (None, "/health"),
    "/cases/{public_id:str}": ("employee", "/cases/{case[decide]}"),
    "/ideas/new": ("employee", "/ideas/new"),
    "/ideas/{public_id:str}": ("employee", "/ideas/{idea[vote]}"),
    "/ideas/{public_id:str}/answer": ("sponsor", "/ideas/{idea[decide]}/answer"),
    "/ideas/drafts": ("author", "/ideas/drafts"),
    "/ideas/{public_id:str}/answer/correction": ("sponsor", "/ideas/{idea[told]}/answer/correction"),
    "/ideas/{public_id:str}/answer/versions": ("employee", "/ideas/{idea[told]}/answer/versions"),
    "/ideas/{public_id:str}/co-authors": ("author", "/ideas/{idea[collect]}/co-authors"),
    "/ideas/{public_id:str}/correction": ("author", "/ideas/{idea[vote]}/correction"),
    "/ideas/{public_id:str}/help": ("employee", "/ideas/{idea[vote]}/help"),
    "/ideas/{public_id:str}/status": ("sponsor", "/ideas/{idea[decide]}/status"),
    "/ideas/{public_id:str}/versions": ("employee", "/ideas/{idea[vote]}/versions"),
    "/ideas/{public_id:str}/return": ("author", "/ideas/{idea[withdrawn]}/return"),
    "/ideas/{public_id:str}/withdrawal": ("author", "/ideas/{idea[open]}/withdrawal"),
    "/services": ("employee", "/services"),
    "/answers": ("employee", "/answers"),
    "/answers/waiting": ("employee", "/answers/waiting"),
    "/answers/given": ("employee", "/answers/given"),
    "/policies": ("employee", "/policies"),
    "/policies/new": ("administrator", "/policies/new"),
    "/policies/{public_id:str}": ("employee", "/policies/{policy[nights]}"),
    "/policies/{public_id:str}/proposal": ("sponsor", "/policies/{policy[travel]}/proposal"),
    "/policies/{public_id:str}/proposal/end": ("sponsor", "/policies/{policy[nights]}/proposal/end"),
    "/policies/{public_id:str}/owner": ("sponsor", "/policies/{policy[travel]}/owner"),
    "/charter": ("employee", "/charter?a=6300"),
    "/charter/new": ("administrator", "/charter/new"),
    "/services/new": ("administrator", "/services/new"),
    "/services/{public_id:str}": ("employee", "/services/{service[roads]}"),
    "/services/{public_id:str}/edit": ("administrator", "/services/{service[roads]}/edit"),
    "/workshops/{public_id:str}": ("employee", "/workshops/{workshop[talk]}"),
    "/ideas/{public_id:str}/attachments": ("author", "/ideas/{idea[collect]}/attachments"),
    "/ideas/{public_id:str}/comments": ("employee", "/ideas/{idea[vote]}/comments"),
    "/ideas/{public_id:str}/digest": ("employee", "/ideas/{idea[discuss]}/digest"),
    "/ideas/{public_id:str}/digest/edit": ("moderator", "/ideas/{idea[discuss]}/digest/edit"),
    "/ideas/{public_id:str}/edit": ("author", "/ideas/{idea[collect]}/edit"),
    "/ideas/{public_id:str}/mentions": ("employee", "/ideas/{idea[vote]}/mentions?typed=sch"),
    "/campaigns/{public_id:str}/report": ("employee", "/campaigns/{campaign[vote]}/report"),
    "/comments/{public_id:str}/report": ("employee", "/comments/{comment[discuss]}/report"),
    "/ideas/{public_id:str}/report": ("employee", "/ideas/{idea[vote]}/report"),
    "/moderation": ("moderator", "/moderation"),
    "/moderation/items/{public_id:str}": ("moderator", "/moderation/items/{item[vote]}"),
    "/receipts": ("colleague", "/receipts"),
    "/receipts/{public_id:str}": ("colleague", "/receipts/{decision[decide]}"),
    "/spaces/{public_id:str}/moderation": ("moderator", "/spaces/{space[organisation]}/moderation"),
    "/password-reset": (None, "/password-reset"),
    "/password-reset/{token:str}": (None, "/password-reset/no-such-token"),
    "/search": ("employee", "/search?q=idea"),
    "/search/similar": ("employee", "/search/similar?title=Idea%20collect&campaign={campaign[collect]}"),
    "/search/suggestions": ("employee", "/search/suggestions?q=idea"),
    "/people": ("employee", "/people"),
    "/people/{public_id:str}": ("employee", "/people/{person[author]}"),
    "/people/{public_id:str}/photo": ("employee", "/people/{person[author]}/photo"),
    "/people/{public_id:str}/photo/small": ("employee", "/people/{person[author]}/photo/small"),
    "/set-up": (None, "/set-up"),
    "/settings/absences": ("employee", "/settings/absences"),
    "/settings/data": ("employee", "/settings/data"),
    "/settings/data/{public_id:str}": ("employee", "/settings/data/no-such-file"),
    "/settings": ("employee", "/settings"),
    "/settings/photo": ("employee", "/settings/photo"),
    "/settings/profile": ("employee", "/settings/profile"),
    "/settings/password": ("employee", "/settings/password"),
    "/settings/sessions": ("employee", "/settings/sessions"),
    "/sign-in": (None, "/sign-in"),
    "/spaces/{public_id:str}": ("employee", "/spaces/{space[open]}"),
    "/spaces/{public_id:str}/guests/{guest:str}/removal": (
        "insider_a",
        "/spaces/{space[closed_a]}/guests/{person[guest_a]}/removal",
    ),
    "/spaces/{public_id:str}/members/new": ("insider_a", "/spaces/{space[closed_a]}/members/new"),
    "/sign-in/link": (None, "/sign-in/link"),
    "/sign-in/link/{token:str}": (None, "/sign-in/link/no-such-token"),
    "/invitations/{token:str}": (None, "/invitations/invitation-a"),
    "/spaces/{public_id:str}/guests": ("insider_a", "/spaces/{space[closed_a]}/guests"),
    "/spaces/{public_id:str}/guests/{guest:str}/first-day": (
        "insider_b",
        "/spaces/{space[closed_b]}/guests/{person[guest_b]}/first-day",
    ),
    "/spaces/{public_id:str}/chapters": ("guest_b", "/spaces/{space[closed_b]}/chapters"),
    "/spaces/{public_id:str}/chapters/new": ("insider_b", "/spaces/{space[closed_b]}/chapters/new"),
    "/chapters/{public_id:str}": ("guest_b", "/chapters/{chapter[early]}"),
    "/chapters/{public_id:str}/edit": ("insider_b", "/chapters/{chapter[early]}/edit"),
    "/spaces/{public_id:str}/record": ("insider_b", "/spaces/{space[archived]}/record"),
    "/records/{public_id:str}": ("insider_b", "/records/no-such-record"),
    "/spaces/{public_id:str}/guests/new": ("insider_a", "/spaces/{space[closed_a]}/guests/new?wish={wish[a]}"),
    "/spaces/{public_id:str}/guests/list": ("insider_a", "/spaces/{space[closed_a]}/guests/list"),
    "/spaces/{public_id:str}/wishes": ("guest_a", "/spaces/{space[closed_a]}/wishes"),
    "/wishes/{public_id:str}/refusal": ("insider_a", "/wishes/{wish[a]}/refusal"),
    "/partners": ("administrator", "/partners"),
    "/partners/{public_id:str}": ("administrator", "/partners/{partner[overwater]}"),
    "/static/{path:path}": (None, "{asset}"),
    "/votes": ("employee", "/votes"),
}
#: GET routes that lead on to the page that they stand for.
LEAD_ON = {
    "/campaigns/{public_id:str}/edit",
    "/settings/photo",
    "/comments/{public_id:str}",
    "/ideas/{public_id:str}/comments",
    "/campaigns/{public_id:str}/ideas",
}
#: GET routes that are no pages: they lead on, or are for machines, or have nothing to show without a letter.
NO_PAGES = LEAD_ON | {
    "/groups/similar",
    "/search/similar",
    "/search/suggestions",
    "/attachments/{public_id:str}",
    "/attachments/{public_id:str}/thumbnail",
}
NO_PAGES |= {"/people/{public_id:str}/photo", "/people/{public_id:str}/photo/small"}
#: Answer 404 in the world of the tests, which is set up and no demo (tests/setup has both).
NOT_THERE = {"/admin/demo", "/set-up"}
NO_PAGES |= {"/admin/imports/{public_id:str}/problems", "/settings/data/{public_id:str}", *NOT_THERE}
NO_PAGES |= {"/records/{public_id:str}"}
NO_PAGES |= {"/health", "/password-reset/{token:str}", "/sign-in/link/{token:str}", "/static/{path:path}"}
NO_PAGES |= {"/ideas/{public_id:str}/mentions", "/colleagues"}
PHASES = ("planned", "collect", "discuss", "vote", "decide", "done")
#: Every page with somebody who may open it: one of each route, and those that look different otherwise.
PAGES: list[tuple[str | None, str]] = [
    *(example for route, example in GETS.items() if route not in NO_PAGES),
    *(("employee", f"/campaigns/{{campaign[{phase}]}}") for phase in PHASES if phase != "vote"),
    *(
        ("campaign_owner", f"/campaigns/{{campaign[draft]}}/edit/{step}")
        for step in ("question", "purpose", "dates", "voting", "form")
    ),
    *(("campaign_owner", f"/campaigns/{{campaign[{state}]}}") for state in ("draft", "proposed")),
    ("decision_maker", "/campaigns/{campaign[proposed]}"),
    ("decision_maker", "/"),
    ("employee", "/campaigns?order=newest&mine=1&phase=vote"),
    ("employee", "/campaigns/{campaign[collect]}?order=supported&tag=tag%20collect"),
    *(("employee", f"/campaigns/{{campaign[{phase}]}}?view=board") for phase in ("vote", "decide")),
    *(("employee", f"/ideas/{{idea[{phase}]}}") for phase in PHASES if phase not in ("planned", "vote")),
    ("moderator", "/spaces/{space[organisation]}/moderation?view=decided"),
    ("moderator", "/spaces/{space[organisation]}/moderation?view=appeals"),
    ("employee", "/ideas/{idea[vote]}?reply={comment[vote]}"),
    ("sponsor", "/ideas/{idea[done]}"),
    ("employee", "/spaces/{space[organisation]}"),
    ("insider_a", "/spaces/{space[closed_a]}"),
    ("guest_a", "/cases/{case[closed_a]}"),
    ("guest_b", "/spaces/{space[closed_b]}"),
    ("insider_b", "/spaces/{space[closed_b]}/chapters"),
    ("insider_b", "/spaces/{space[closed_b]}/guests/new"),
    ("employee", "/about/accessibility"),
    ("employee", "/people?q=bridges&skill=bridges"),
    ("author", "/people/{person[author]}"),
]


def routes(app: Litestar, method: str) -> set[str]:
    """The paths that the application takes with this method."""
    return {route.path for route in app.routes if isinstance(route, HTTPRoute) and method in route.methods}


def filled(text: str, world: World) -> str:
    """An address or value with the ids of this world."""
    return text.format(mail="no-such-mail", asset=assets().url("css/app.css"), **vars(world))


def form(route: str, world: World) -> dict[str, Any]:
    """A form that this route accepts."""
    return {name: filled(value, world) for name, value in POSTS[route][2].items()}
