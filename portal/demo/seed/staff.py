"""Teams, roles, people, their leads, badges and sign-ins."""

from __future__ import annotations

from django.db import transaction

from people import services
from people.models import Role, Team, User
from portal.demo import content
from portal.demo.content import Employee
from portal.demo.seed.stage import Stage
from portal.demo.sign_ins import PASSWORD, SIGN_INS


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
    # Who has left comes first: a badge must be given back before another gets it.
    new = [person for person in content.people() if person.number not in known]
    for person in sorted(new, key=lambda p: (p.left_days_ago is None, p.number)):
        _add(stage, person)
    _let_in(stage)
    return len(new)


def _add(stage: Stage, employee: Employee) -> None:
    since = stage.day(employee.hired_days_ago)
    person = services.add_person(
        employee_number=employee.number,
        name=employee.name,
        email=employee.email or None,
        language=employee.language,
        hired_on=since,
        by=None,
    )
    if employee.group:
        services.set_groups(person=person, names={employee.group}, by=None)
    team = stage.team(employee.team)
    services.join_team(person=person, team=team, on=since, by=None)
    for slug in employee.roles:
        services.start_role(person=person, role=stage.role(slug), on=since, by=None)
    for system, account in (("wms", employee.badge), ("helpdesk", employee.login)):
        if account:
            services.link_account(person=person, system=system, account=account, on=since, by=None)
    if employee.position == "lead":
        services.set_team_lead(team=team, person=person, on=since, by=None)
    if employee.left_days_ago is not None:
        services.leave(person=person, on=stage.day(employee.left_days_ago), by=None)


def _let_in(stage: Stage) -> None:
    """A password for those who are shown round, set the way that staff set theirs: by a code."""
    for each in SIGN_INS:
        person = stage.person(each.number)
        if not person.has_usable_password():
            issued = services.issue_sign_in_code(person=person, by=None)
            services.redeem_sign_in_code(
                employee_number=each.number, code=issued.code, password=PASSWORD
            )
