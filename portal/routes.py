"""The site map: every router, one line each."""

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from portal.about.routes import router as about
from portal.accounts.own import router as own_account
from portal.accounts.routes import router as accounts
from portal.admin.routes import router as admin
from portal.answers.routes import router as answers
from portal.attachments.routes import router as attachments
from portal.calendar.routes import router as calendar
from portal.campaigns.routes import router as campaigns
from portal.cases.routes import router as cases
from portal.caseteam.routes import router as caseteam
from portal.colleagues.routes import router as colleagues
from portal.comments.routes import router as comments
from portal.crowd.routes import router as crowd
from portal.follows.routes import router as follows
from portal.health import health
from portal.ideas.routes import router as ideas
from portal.imports.routes import router as imports
from portal.invitations.routes import router as invitations
from portal.leaving.routes import router as leaving
from portal.mentions.routes import router as mentions
from portal.moderation.routes import router as moderation
from portal.moves.routes import router as moves
from portal.mydata.routes import router as mydata
from portal.notifications.routes import router as notifications
from portal.pages.routes import router as pages
from portal.partners.routes import router as partners
from portal.people.routes import router as people
from portal.policies.routes import router as policies
from portal.posts.routes import router as posts
from portal.preboarding.routes import router as preboarding
from portal.proposals.routes import router as proposals
from portal.records.routes import router as records
from portal.reports.routes import router as reports
from portal.retention.routes import router as retention
from portal.scoreboard.routes import router as scoreboard
from portal.screening.routes import router as screening
from portal.search.routes import router as search
from portal.sensitive.routes import router as sensitive
from portal.services.routes import router as services
from portal.setup.routes import router as setup
from portal.spaces.routes import router as spaces
from portal.starts.routes import router as starts
from portal.stewards.routes import router as stewards
from portal.threads.routes import router as threads
from portal.thresholds.routes import router as thresholds
from portal.together.routes import router as together
from portal.topics.routes import router as topics
from portal.units.routes import router as units
from portal.votes.routes import router as votes
from portal.web.assets import serve
from portal.workshops.routes import router as workshops

ROUTES: list[Router | HTTPRouteHandler] = [
    pages,
    campaigns,
    proposals,
    ideas,
    posts,
    answers,
    starts,
    cases,
    caseteam,
    together,
    workshops,
    policies,
    services,
    thresholds,
    votes,
    comments,
    crowd,
    attachments,
    reports,
    moderation,
    screening,
    sensitive,
    mentions,
    colleagues,
    threads,
    follows,
    notifications,
    moves,
    spaces,
    invitations,
    preboarding,
    partners,
    stewards,
    scoreboard,
    search,
    people,
    accounts,
    own_account,
    about,
    admin,
    leaving,
    topics,
    calendar,
    units,
    imports,
    setup,
    mydata,
    records,
    retention,
    health,
    serve,
]
