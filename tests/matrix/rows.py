"""All rows, app by app."""

from tests.matrix import (
    accounts,
    doors,
    kit,
    people,
    portal,
    scores,
    scoring,
    sop,
    training,
    wagtail,
)

APPS = {
    "Sign-in": accounts,
    "Portal": portal,
    "People": people,
    "Procedures": sop,
    "Training": training,
    "Operations data": scoring,
    "Scores": scores,
    "Jobs": kit,
    "Files of drafts": wagtail,
    "Wagtail's doors to a procedure of the pickers that is being written": doors,
}
ROWS = [row for app in APPS.values() for row in app.ROWS]
ADMIN_PREFIX = "cms/"
