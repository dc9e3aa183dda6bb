"""Changes to people, teams and roles: each one transaction, each with an audit record."""

from people.services.accounts import end_account, link_account
from people.services.codes import CodeRefused, issue_sign_in_code, redeem_sign_in_code
from people.services.common import NotAllowed, PeopleError
from people.services.dates import apply_dates
from people.services.persons import (
    add_person,
    allow_sign_in,
    change_person,
    choose_language,
    leave,
    rehire,
    set_groups,
)
from people.services.roles import add_role, change_role, end_role, start_role
from people.services.teams import (
    LEAD_PERMISSIONS,
    add_team,
    change_team,
    end_team_lead,
    join_team,
    set_team_lead,
)

__all__ = [
    "LEAD_PERMISSIONS",
    "CodeRefused",
    "NotAllowed",
    "PeopleError",
    "add_person",
    "add_role",
    "add_team",
    "allow_sign_in",
    "apply_dates",
    "change_person",
    "change_role",
    "change_team",
    "choose_language",
    "end_account",
    "end_role",
    "end_team_lead",
    "issue_sign_in_code",
    "join_team",
    "leave",
    "link_account",
    "redeem_sign_in_code",
    "rehire",
    "set_groups",
    "set_team_lead",
    "start_role",
]
