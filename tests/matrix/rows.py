"""All rows, app by app."""

from tests.matrix import accounts, kit, people, portal, sop, wagtail

APPS = {
    "Sign-in": accounts,
    "Portal": portal,
    "People": people,
    "Procedures": sop,
    "Jobs": kit,
    "Files of drafts": wagtail,
}
ROWS = [row for app in APPS.values() for row in app.ROWS]
ADMIN_PREFIX = "cms/"
