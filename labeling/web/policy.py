"""Who may open what. Deny by default: a route without a row here cannot be built."""

from dataclasses import dataclass

from zorya.domain.reviews import Role

PUBLIC: frozenset[Role] = frozenset()
"""Rows with this marker need no log-in."""
EVERYBODY = frozenset(Role)
STAFF = EVERYBODY - {Role.PARTNER}
REVIEWERS = frozenset({Role.ANALYST, Role.LEAD})
LEADS = frozenset({Role.LEAD})
PARTNERS = frozenset({Role.PARTNER})
OPERATORS = frozenset({Role.ADMIN, Role.LEAD})
AUDITORS = frozenset({Role.AUDITOR, Role.ADMIN, Role.LEAD})
ADMINS = frozenset({Role.ADMIN})
READERS = REVIEWERS | {Role.DATA_SCIENTIST, Role.AUDITOR}

POLICY: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/static/{name}"): PUBLIC,
    ("GET", "/login"): PUBLIC,
    ("POST", "/login"): PUBLIC,
    ("POST", "/login/code"): PUBLIC,
    ("GET", "/login/organisation"): PUBLIC,
    ("GET", "/login/organisation/back"): PUBLIC,
    ("POST", "/preferences/organisation"): EVERYBODY,
    ("POST", "/logout"): EVERYBODY,
    ("GET", "/second-factor"): EVERYBODY,
    ("GET", "/second-factor/qr.svg"): EVERYBODY,
    ("POST", "/second-factor"): EVERYBODY,
    ("POST", "/second-factor/confirm"): EVERYBODY,
    ("POST", "/second-factor/codes"): EVERYBODY,
    ("POST", "/second-factor/off"): EVERYBODY,
    ("GET", "/preferences"): EVERYBODY,
    ("POST", "/preferences"): EVERYBODY,
    ("POST", "/preferences/care"): REVIEWERS,
    ("POST", "/preferences/keys"): EVERYBODY,
    ("POST", "/preferences/password"): EVERYBODY,
    ("POST", "/preferences/sessions"): EVERYBODY,
    ("POST", "/session"): EVERYBODY,
    ("GET", "/"): EVERYBODY,
    ("GET", "/help"): EVERYBODY,
    ("GET", "/queue"): REVIEWERS,
    ("GET", "/queue/next"): REVIEWERS,
    ("GET", "/tasks/{task}"): REVIEWERS,
    ("POST", "/tasks/{task}/take"): REVIEWERS,
    ("POST", "/tasks/{task}/ahead"): REVIEWERS,
    ("POST", "/queue/leave"): REVIEWERS,
    ("POST", "/tasks/{task}/extend"): REVIEWERS,
    ("POST", "/tasks/{task}/verdict"): REVIEWERS,
    ("POST", "/tasks/{task}/release"): REVIEWERS,
    ("POST", "/tasks/{task}/reveal"): REVIEWERS,
    ("POST", "/tasks/{task}/flag"): REVIEWERS,
    ("POST", "/tasks/{task}/dismiss"): REVIEWERS,
    ("GET", "/flags"): LEADS,
    ("POST", "/flags/{flag}"): LEADS,
    ("POST", "/undo"): REVIEWERS,
    ("GET", "/insights"): READERS | ADMINS,
    ("GET", "/insights/{file}"): READERS | ADMINS,
    ("GET", "/agreement"): READERS,
    ("GET", "/agreement/{file}"): READERS,
    ("GET", "/agreement/open"): LEADS,
    ("GET", "/agreement/open/{campaign}"): LEADS,
    ("POST", "/agreement/open/{campaign}"): LEADS,
    ("GET", "/lookback"): REVIEWERS,
    ("POST", "/lookback"): REVIEWERS,
    ("POST", "/lookback/package"): LEADS,
    ("GET", "/search"): READERS,
    ("POST", "/search"): READERS,
    ("POST", "/ads/{posting}/stop"): REVIEWERS,
    ("GET", "/stopped/{posting}"): REVIEWERS,
    ("POST", "/pictures/{digest}"): REVIEWERS,
    ("GET", "/day/end"): REVIEWERS,
    ("POST", "/day/on"): REVIEWERS,
    ("GET", "/ads/{posting}"): READERS,
    ("GET", "/ads/{posting}/translation"): READERS,
    ("GET", "/ads/{posting}/evidence"): READERS,
    ("GET", "/ads/{posting}/history"): READERS,
    ("GET", "/ads/{posting}/similar"): READERS,
    ("POST", "/ads/{posting}/reveal"): REVIEWERS,
    ("GET", "/campaigns/{campaign}"): READERS,
    ("POST", "/campaigns/{campaign}/split"): REVIEWERS,
    ("POST", "/campaigns/{campaign}/merge"): REVIEWERS,
    ("POST", "/changes/{change}/undo"): REVIEWERS,
    ("GET", "/proposals"): REVIEWERS,
    ("GET", "/proposals/next"): REVIEWERS,
    ("GET", "/proposals/{proposal}"): REVIEWERS,
    ("POST", "/proposals/{proposal}"): REVIEWERS,
    ("GET", "/approvals"): LEADS,
    ("GET", "/approvals/{alert}"): LEADS,
    ("POST", "/approvals/{alert}"): LEADS,
    ("GET", "/referrals"): LEADS | PARTNERS,
    ("GET", "/referrals/{referral}"): LEADS | PARTNERS,
    ("POST", "/referrals/{referral}"): LEADS | PARTNERS,
    ("GET", "/answers/{token}"): PUBLIC,
    ("POST", "/answers/{token}"): PUBLIC,
    ("GET", "/deconflict"): LEADS | PARTNERS,
    ("POST", "/deconflict"): PARTNERS,
    ("POST", "/deconflict/{entry}"): PARTNERS,
    ("POST", "/deconflict/alarms/{alarm}"): LEADS,
    ("GET", "/digests/{digest}"): LEADS | PARTNERS,
    ("GET", "/digests/open/{token}"): PUBLIC,
    ("POST", "/digests/open/{token}"): PUBLIC,
    ("GET", "/pause/{token}"): PUBLIC,
    ("POST", "/pause/{token}"): PUBLIC,
    ("GET", "/models"): READERS | ADMINS,
    ("GET", "/models/{model}"): READERS | ADMINS,
    ("GET", "/audit"): AUDITORS,
    ("GET", "/people"): ADMINS,
    ("POST", "/people/{name}/sessions"): ADMINS,
    ("POST", "/people/{name}/close"): ADMINS,
    ("POST", "/people/{name}/open"): ADMINS,
    ("POST", "/people/{name}/second-factor"): ADMINS,
    ("GET", "/sources"): STAFF,
    ("GET", "/sources/{source}"): STAFF,
    ("GET", "/sources/new"): OPERATORS,
    ("POST", "/sources/new"): OPERATORS,
    ("POST", "/sources/keep"): OPERATORS,
    ("POST", "/sources/{source}/accept"): OPERATORS,
}

MACHINES = frozenset({"/feeds", "/taxii2"})
"""Roots below which partners' machines read, with the token of `zorya partner token` and never with a session: those
applications have a door of their own (`alerts.web.partner_access`). Nothing else may be mounted."""

BEFORE_SECOND_FACTOR = frozenset(
    {
        ("POST", "/logout"),
        ("POST", "/preferences"),
        ("POST", "/session"),
        ("GET", "/second-factor"),
        ("GET", "/second-factor/qr.svg"),
        ("POST", "/second-factor"),
        ("POST", "/second-factor/confirm"),
    }
)
"""All that a person may use whose role needs a second factor and who has none yet."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one route demands."""

    public: bool
    roles: frozenset[Role]
    before_second_factor: bool


def rule_of(method: str, path: str) -> Rule:
    """The rule of a route; LookupError when nobody wrote one."""
    try:
        roles = POLICY[(method, path)]
    except KeyError:
        raise LookupError(f"{method} {path} has no row in labeling/web/policy.py: say who may use it") from None
    return Rule(roles is PUBLIC, roles, (method, path) in BEFORE_SECOND_FACTOR)


def may(role: Role, method: str, path: str) -> bool:
    """Whether a role may use a route: for drawing menus."""
    rule = rule_of(method, path)
    return rule.public or role in rule.roles
