"""Names of the groups that Handrail's rules speak of."""

from django.utils.translation import gettext_lazy as _

STAFF = "Staff"
TEAM_LEADS = "Team leads"
APPROVERS = "Approvers"
MANAGERS = "Managers"
HR = "HR"
AUDITORS = "Auditors"
ADMINISTRATORS = "Administrators"

ALL = (STAFF, TEAM_LEADS, APPROVERS, MANAGERS, HR, AUDITORS, ADMINISTRATORS)
# Who may open Wagtail's admin; what they may do there is decided page by page.
EDITORIAL = (TEAM_LEADS, APPROVERS, ADMINISTRATORS)
# Who may see every person's record.
SEE_EVERYONE = (MANAGERS, HR, AUDITORS, ADMINISTRATORS)
# As pages call them.
WORDS = {
    STAFF: _("Staff"),
    TEAM_LEADS: _("Team leads"),
    APPROVERS: _("Approvers"),
    MANAGERS: _("Managers"),
    HR: _("HR"),
    AUDITORS: _("Auditors"),
    ADMINISTRATORS: _("Administrators"),
}
