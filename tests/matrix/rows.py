"""All rows, app by app."""

from tests.matrix import accounts, kit, people, portal, scoring, sop, training, wagtail

APPS = {
    "Sign-in": accounts,
    "Portal": portal,
    "People": people,
    "Procedures": sop,
    "Training": training,
    "Scores": scoring,
    "Jobs": kit,
    "Files of drafts": wagtail,
}
ROWS = [row for app in APPS.values() for row in app.ROWS]
ADMIN_PREFIX = "cms/"
