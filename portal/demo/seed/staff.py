"""Teams and roles, people by HR's import file, their groups and sign-ins."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from django.db import transaction

from kit.tables import read_table
from people import services
from people.importing import import_people
from people.models import Role, Team, User
from portal.demo import content
from portal.demo.content import Employee
from portal.demo.seed.stage import Stage
from portal.demo.sign_ins import PASSWORD, SIGN_INS

# Headings as a Chinese personnel system writes them; the import knows them.
HEADINGS = (
    "工号", "姓名", "邮箱", "语言", "班组", "组长", "岗位", "入职日期", "最后工作日",
    "WMS 工牌", "helpdesk 账号",
)  # fmt: skip
LANGUAGES = {"en": "English", "zh-hans": "中文"}


@transaction.atomic
def build(stage: Stage) -> int:
    """Returns how many people were added."""
    store = content.store()
    for team in store.teams:
        if not Team.objects.filter(slug=team.slug).exists():
            services.add_team(
                slug=team.slug,
                name_en=team.name.en,
                name_zh=team.name.zh,
                parent=Team.objects.get(slug=team.parent) if team.parent else None,
                by=None,
            )
    for role in store.roles:
        if not Role.objects.filter(slug=role.slug).exists():
            services.add_role(slug=role.slug, name_en=role.name.en, name_zh=role.name.zh, by=None)
    known = set(User.objects.values_list("employee_number", flat=True))
    new = [person for person in content.people() if person.number not in known]
    # Who has left comes first: a badge must be given back before another gets it.
    _import(stage, [p for p in new if p.left_days_ago is not None], "people-former.csv")
    _import(stage, [p for p in new if p.left_days_ago is None], "people.csv")
    for employee in new:
        if employee.group:
            person = stage.person(employee.number)
            services.set_groups(person=person, names={employee.group}, by=None)
    _let_in(stage)
    return len(new)


def _import(stage: Stage, people: list[Employee], name: str) -> None:
    if not people:
        return
    path = stage.folder / name
    _write(stage, people, path)
    report = import_people(read_table(path), by=None, source=name)
    if report.problems:
        raise RuntimeError(f"The demo's own {name} is wrong: {report.problems[0]}")


def _write(stage: Stage, people: list[Employee], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADINGS)
        for person in people:
            left = person.left_days_ago
            table.writerow(
                [
                    person.number,
                    person.name,
                    person.email,
                    LANGUAGES[person.language],
                    person.team,
                    "是" if person.position == "lead" else "",
                    ";".join(person.roles),
                    stage.day(person.hired_days_ago),
                    stage.day(left) - dt.timedelta(days=1) if left is not None else "",
                    person.badge,
                    person.login,
                ]
            )


def _let_in(stage: Stage) -> None:
    """A password for those who are shown round, set the way that staff set theirs: by a code."""
    for each in SIGN_INS:
        person = stage.person(each.number)
        if not person.has_usable_password():
            issued = services.issue_sign_in_code(person=person, by=None)
            services.redeem_sign_in_code(
                employee_number=each.number, code=issued.code, password=PASSWORD
            )
