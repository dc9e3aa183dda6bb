"""`docs/permissions.md`, written from the rows that the tests prove."""

from __future__ import annotations

from pathlib import Path

from tests.matrix.core import (
    ACTORS,
    ANY,
    BAD,
    GO,
    NOT_ALLOWED,
    NOT_FOUND,
    OK,
    REFUSED,
    SIGN_IN,
    Row,
)

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "permissions.md"
SIGNS = {
    OK: "yes",
    GO: "yes",
    ANY: "yes",
    SIGN_IN: "sign in",
    NOT_FOUND: "–",
    REFUSED: "–",
    NOT_ALLOWED: "",
    BAD: "400",
}
HEADS = {
    "anonymous": "visitor",
    "staff": "owner",
    "other_staff": "other staff",
    "lead": "own lead",
    "other_lead": "other lead",
    "manager": "manager",
    "approver": "approver",
    "auditor": "auditor",
    "hr": "HR",
    "admin": "admin",
}
INTRO = """\
# Who may do what

This page is written from the table that `tests/test_permission_matrix.py` proves, by
`python -m tests.matrix`; a test compares the two. Every route of the URL configuration has a row,
so a new one without a row fails the tests.

**Columns.** *Owner* is the member of staff whose record, attempt or scorecard it is; *own lead*
leads the owner's team; *other staff* and *other lead* belong to another team; *admin* is a member
of Administrators. Groups are described in [architecture.md](architecture.md).

**Cells.** *yes*: the page opens, or the form does what it says. *–*: 404, as if it were not there.
*sign in*: sent to the sign-in. Empty: the route does not take this method. What is refused
writes nothing, which the tests check too.
"""


def as_markdown(rows: list[Row]) -> str:
    from tests.matrix.rows import APPS  # the rows import the core, which this page describes

    parts = [INTRO]
    for title, app in APPS.items():
        parts.append(f"\n## {title}\n\n| route | what | method | {' | '.join(HEADS.values())} |\n")
        parts.append(f"|---|---|---|{'---|' * len(ACTORS)}\n")
        parts.extend(_lines(row) for row in app.ROWS)
    return "".join(parts)


def _lines(row: Row) -> str:
    says = f"{row.says} ({row.case})" if row.case else row.says
    lines = []
    for method, table in (("GET", row.get), ("POST", row.post)):
        cells = [SIGNS.get(table[actor], table[actor]) for actor in HEADS]
        if any(cells):
            lines.append(f"| `{row.route}` | {says} | {method} | {' | '.join(cells)} |\n")
    return "".join(lines)
