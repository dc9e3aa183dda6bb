"""People, teams, roles, codes, the import and the audit record.

Noor is the person whose record it is; Lena leads her team, Leo another.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kit.models import Job
from people import services
from people.importing import Report
from people.models import SourceAccount
from tests.matrix.core import (
    GO,
    NOT_ALLOWED,
    NOT_FOUND,
    OK,
    Row,
    World,
    allow,
    everybody,
    signed_in,
)

TODAY = timezone.localdate().isoformat()
MANAGE = ("hr", "admin")
OVERSEE = ("manager", "auditor", *MANAGE)
INSIDE = signed_in(GO) | {"anonymous": OK}
READ_ONLY = everybody(NOT_ALLOWED)
MANAGED = allow(OK, *MANAGE)
DONE = allow(GO, *MANAGE)


def noor(world: World) -> dict[str, int]:
    return {"pk": world.cast.noor.pk}


def ada(world: World) -> dict[str, int]:
    return {"pk": world.cast.ada.pk}


def pickers(world: World) -> dict[str, str]:
    return {"slug": world.cast.pickers.slug}


def holding(world: World) -> dict[str, int]:
    return noor(world) | {"holding": world.cast.noor.role_holdings.get().pk}


def account(world: World) -> dict[str, int]:
    def link() -> SourceAccount:
        return services.link_account(
            person=world.cast.noor, system="wms", account="W1", on=dt.date(2024, 1, 1), by=None
        )

    return noor(world) | {"account": world.once("account", link).pk}


def gone(world: World) -> dict[str, int]:
    world.once(
        "gone",
        lambda: services.leave(person=world.cast.wei, on=timezone.localdate(), by=None) or True,
    )
    return {"pk": world.cast.wei.pk}


def import_job(world: World, owner: str = "hua", **report: Any) -> dict[str, int]:
    def make() -> Job:
        now = timezone.now()
        return Job.objects.create(
            kind="import_people",
            owner=getattr(world.cast, owner),
            created_at=now,
            finished_at=now,
            state=Job.State.SUCCEEDED,
            result=Report(dry_run=True).as_dict() | report,
            payload={"file": "x.csv", "filename": "x.csv", "create": False, "dry_run": True},
        )

    return {"pk": world.once(f"import {report}", make).pk}


def with_problems(world: World) -> dict[str, int]:
    problem = {"line": 2, "column": "工号", "value": "", "reason": "missing", "mend": "fill in"}
    return import_job(world, problems=[problem])


def a_file(world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("people.csv", "工号,姓名\nX1,A\n".encode())}


def on_today(world: World) -> dict[str, str]:
    return {"on": TODAY}


def with_today(**values: Any) -> Any:
    return lambda world: (
        {name: value(world) if callable(value) else value for name, value in values.items()}
        | {"on": TODAY}
    )


def record(world: World) -> dict[str, str]:
    return {"name": "Noor", "email": "", "language": "en", "hired_on": "2024-01-01"}


def new_person(world: World) -> dict[str, str]:
    return record(world) | {"employee_number": "X1"}


def wrong_code(world: World) -> dict[str, str]:
    return {"employee_number": "nobody", "code": "1", "password1": "x", "password2": "x"}


SEES_NOOR = allow(OK, "staff", "lead", *OVERSEE)
SEES_PICKERS = allow(OK, "staff", "lead", *OVERSEE)
SEES_PEOPLE = allow(OK, "lead", "other_lead", *OVERSEE, otherwise=GO)
AUDIT = allow(OK, "auditor", *MANAGE)
ADMIN_ONLY = allow(OK, "admin")
ADMIN_DONE = allow(GO, "admin")
OWN_IMPORT = allow(OK, "hr")


def change(name: str, says: str, kwargs: Any, data: Any, **more: Any) -> Row:
    """A form of HR's: 404 for everybody else."""
    return Row(f"people:{name}", says, MANAGED, DONE, kwargs, data, **more)


ROWS = [
    Row("people:code", "Sign in with a one-time code", INSIDE, INSIDE, data=wrong_code),
    Row("people:list", "People; others are led to their own record", SEES_PEOPLE, READ_ONLY),
    Row("people:me", "One's own record", signed_in(GO), READ_ONLY),
    Row("people:person", "A person's record", SEES_NOOR, READ_ONLY, noor),
    Row("people:person", "A person's record", allow(OK, *OVERSEE), READ_ONLY, ada,
        case="an administrator's"),
    Row("people:add", "Add a person", MANAGED, DONE, data=new_person),
    change("edit", "Change the record", noor, record),
    Row("people:edit", "Change the record", ADMIN_ONLY, ADMIN_DONE, ada, record,
        case="an administrator's"),
    change("move", "Move to a team", noor, with_today(team=lambda world: world.cast.packers.pk)),
    change("start_role", "Give a role", noor,
           with_today(role=lambda world: world.cast.packer.pk)),
    change("end_role", "End a role", holding, on_today),
    change("link_account", "Link an account", noor, with_today(system="wms", account="W9")),
    change("end_account", "End an account", account, on_today),
    change("groups", "Give groups", noor, lambda world: {"names": ["Approvers"]}),
    Row("people:groups", "Give groups", allow(NOT_FOUND), allow(NOT_FOUND), ada,
        lambda world: {"names": []}, case="one's own, and an administrator's by HR"),
    change("sign_in", "Close or open sign-in", noor, lambda world: {}),
    Row("people:sign_in", "Close or open sign-in", ADMIN_ONLY, ADMIN_DONE, ada,
        case="an administrator's"),
    Row("people:issue_code", "Hand out a one-time code", READ_ONLY, MANAGED, noor),
    Row("people:issue_code", "Hand out a one-time code", READ_ONLY, ADMIN_ONLY, ada,
        case="an administrator's"),
    Row("people:codes", "Slips for many", MANAGED, MANAGED,
        data=lambda world: {"person": world.cast.noor.pk}),
    change("leave", "Record the leaving", noor, on_today),
    Row("people:leave", "Record the leaving", ADMIN_ONLY, ADMIN_DONE, ada, on_today,
        case="an administrator's"),
    change("return", "Record the return", gone, on_today),
    Row("people:import", "Try an import out", MANAGED, DONE, data=a_file),
    Row("people:import_job", "What an import would do; take it", OWN_IMPORT, allow(GO, "hr"),
        import_job),
    Row("people:import_job", "What an import would do; take it", OWN_IMPORT, allow(NOT_FOUND),
        with_problems, case="with problems"),
    Row("people:import_problems", "Its problems as a workbook", OWN_IMPORT, READ_ONLY,
        with_problems),
    Row("people:teams", "Teams", signed_in(OK), READ_ONLY),
    Row("people:team", "A team", SEES_PICKERS, READ_ONLY, pickers),
    Row("people:add_team", "Add a team", MANAGED, DONE,
        data=lambda world: {"slug": "night", "name_en": "Night"}),
    change("edit_team", "Change a team", pickers,
           lambda world: {"name_en": "Picking", "is_active": "on"}),
    change("add_lead", "Name a lead", pickers,
           with_today(person=lambda world: world.cast.noor.pk)),
    change("end_lead", "End a lead",
           lambda world: pickers(world) | {"pk": world.cast.lena.pk}, on_today),
    Row("people:roles", "Roles", MANAGED, READ_ONLY),
    Row("people:add_role", "Add a role", MANAGED, DONE,
        data=lambda world: {"slug": "guard", "name_en": "Guard"}),
    change("edit_role", "Change a role", lambda world: {"slug": "picker"},
           lambda world: {"name_en": "Picker"}),
    Row("people:audit", "The audit record", AUDIT, READ_ONLY),
]  # fmt: skip
