"""Takes the rows through the services: everything in one transaction, or nothing."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kit.tables import Table
from people import services
from people.audit import record
from people.importing.columns import Columns
from people.importing.report import Change, Problem, Report
from people.importing.rows import PersonRow, read_rows
from people.models import Membership, Role, Team, User
from people.queries import team_of

Progress = Callable[[int, int, str], None]


class _NotTaken(Exception):
    """Rolls the transaction back: a dry run, or something is wrong."""


def import_people(
    table: Table,
    *,
    by: User | None,
    source: str = "",
    create: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Adds and changes people as the rows say; `docs/people-import.md` says what each cell does.

    `source` is the file's name for the audit record; `create` makes teams and roles that don't
    exist yet. A dry run does everything and then takes it back, so its report is exact. Nothing is
    kept while there is any problem.
    """
    rows, problems, columns = read_rows(table)
    report = Report(
        rows=len(table.frame),
        dry_run=dry_run,
        problems=problems,
        ignored_columns=columns.ignored,
    )
    if progress:
        progress(0, len(rows), _("Checking the people"))
    try:
        with transaction.atomic():
            importer = _Importer(columns, by=by, create=create, today=timezone.localdate())
            for row in rows:
                importer.take(row, report)
            if report.problems or dry_run:
                raise _NotTaken
            if report.changes:
                record(
                    by=by, verb="people.imported", file=source, rows=report.rows,
                    added=report.added, changed=report.changed,
                )  # fmt: skip
    except _NotTaken:
        pass
    report.problems.sort(key=lambda problem: problem.line)
    return report


class _Importer:
    """One run: the columns, the actor, the day, and the people, teams and roles by their names."""

    def __init__(self, columns: Columns, *, by: User | None, create: bool, today: dt.date) -> None:
        self.columns, self.by, self.create, self.today = columns, by, create, today
        self.people = {person.employee_number.casefold(): person for person in User.objects.all()}
        self._read_names()

    def _read_names(self) -> None:
        self.teams = _by_any_name(Team.objects.filter(is_active=True))
        self.roles = _by_any_name(Role.objects.all())

    def take(self, row: PersonRow, report: Report) -> None:
        """Applies one row; what it did or why it could not goes into the report."""
        known = row.employee_number.casefold() in self.people
        try:
            with transaction.atomic():
                what = tuple(self._changes(row))
        except _RowProblem as problem:
            report.problems.append(problem.args[0])
            # What the row had made so far is gone again.
            if not known:
                self.people.pop(row.employee_number.casefold(), None)
            if self.create:
                self._read_names()
            return
        if not what:
            report.unchanged += 1
            return
        report.added += not known
        report.changed += known
        person = self.people[row.employee_number.casefold()]
        report.changes.append(Change(row.line, person.employee_number, person.name, what))

    def _changes(self, row: PersonRow) -> Iterator[str]:
        """Makes the record equal to the row, step by step; one phrase for each change."""
        person = self.people.get(row.employee_number.casefold())
        new = person is None
        if person is None:
            person = self._add(row)
            yield _("added")
        else:
            yield from self._correct(row, person)
        left_on = row.last_day + dt.timedelta(days=1) if row.last_day else None
        if person.left_on is not None:
            if left_on != person.left_on:
                self._fail(
                    row, "last_day",
                    _("%(person)s is recorded as gone, the last day being %(day)s.")
                    % {"person": person.name, "day": person.last_day.isoformat()},
                    _("Record the return on the person's page first, or take the row out."),
                )  # fmt: skip
            return
        start = row.joined_on or (row.hired_on if new else None) or self.today
        yield from self._team(row, person, start)
        yield from self._roles(row, person, start)
        yield from self._lead(row, person, start)
        yield from self._accounts(row, person)
        if left_on is not None:
            with self._step(row, "last_day"):
                services.leave(person=person, on=left_on, by=self.by)
            yield _("leaves after %(day)s") % {"day": row.last_day.isoformat()}

    def _add(self, row: PersonRow) -> User:
        if not row.name:
            self._fail(row, "name", _("This is a new person, and the name is missing."),
                       _("Fill in the name, or correct the number."))  # fmt: skip
        with self._step(row, "employee_number"):
            person = services.add_person(
                employee_number=row.employee_number,
                name=row.name,
                email=row.email,
                language=row.language or "zh-hans",
                hired_on=row.hired_on,
                by=self.by,
            )
        self.people[person.employee_number.casefold()] = person
        return person

    def _correct(self, row: PersonRow, person: User) -> Iterator[str]:
        wanted = {
            "name": row.name or person.name,
            "email": row.email or person.email,
            "language": row.language or person.language,
            "hired_on": row.hired_on or person.hired_on,
        }
        old = {name: getattr(person, name) for name in wanted}
        with self._step(row, "email" if wanted["email"] != old["email"] else "name"):
            services.change_person(person=person, by=self.by, **wanted)
        for name, value in wanted.items():
            if value != old[name]:
                yield f"{self._heading(name)}: {old[name] or '–'} → {value}"

    def _team(self, row: PersonRow, person: User, start: dt.date) -> Iterator[str]:
        if not row.team:
            return
        team = self._find(row, "team", row.team, self.teams, self._new_team)
        home = person.memberships.open().filter(kind=Membership.Kind.MEMBER).first()
        late = home and row.joined_on and home.starts_on > row.joined_on
        if home is None or home.team_id != team.pk or late:
            with self._step(row, "team"):
                services.join_team(person=person, team=team, on=start, by=self.by)
            yield _("team %(team)s from %(day)s") % {"team": team.name, "day": start.isoformat()}

    def _roles(self, row: PersonRow, person: User, start: dt.date) -> Iterator[str]:
        if not row.roles:
            return
        wanted = {
            role.pk: role
            for role in (
                self._find(row, "roles", name, self.roles, self._new_role) for name in row.roles
            )
        }
        held = {
            holding.role_id: holding.role
            for holding in person.role_holdings.open().select_related("role")
        }
        for pk, role in wanted.items():
            if pk not in held:
                with self._step(row, "roles"):
                    services.start_role(person=person, role=role, on=start, by=self.by)
                yield _("role %(role)s from %(day)s") % {
                    "role": role.name, "day": start.isoformat(),
                }  # fmt: skip
        for pk, role in held.items():
            if pk not in wanted:
                with self._step(row, "roles"):
                    services.end_role(person=person, role=role, on=start, by=self.by)
                yield _("role %(role)s ends on %(day)s") % {
                    "role": role.name, "day": start.isoformat(),
                }  # fmt: skip

    def _lead(self, row: PersonRow, person: User, start: dt.date) -> Iterator[str]:
        if row.lead is None:
            return
        team = team_of(person, max(start, self.today))
        if team is None:
            if row.lead:
                self._fail(row, "lead", _("Whoever leads needs a team."),
                           _("Fill in the team."))  # fmt: skip
            return
        leading = team.memberships.open().filter(person=person, kind=Membership.Kind.LEAD)
        if row.lead and not leading.exists():
            with self._step(row, "lead"):
                services.set_team_lead(team=team, person=person, on=start, by=self.by)
            yield _("leads %(team)s from %(day)s") % {"team": team.name, "day": start.isoformat()}
        elif not row.lead and leading.exists():
            with self._step(row, "lead"):
                services.end_team_lead(team=team, person=person, on=start, by=self.by)
            yield _("no longer leads %(team)s") % {"team": team.name}

    def _accounts(self, row: PersonRow, person: User) -> Iterator[str]:
        start = row.accounts_from or person.hired_on or self.today
        for system, account in row.accounts.items():
            held = person.source_accounts.filter(system=system, account=account).open().first()
            if held is not None and not (row.accounts_from and row.accounts_from < held.starts_on):
                continue
            with self._step(row, system):
                services.link_account(
                    person=person, system=system, account=account, on=start, by=self.by
                )
            yield _("account %(system)s %(account)s") % {"system": system, "account": account}

    def _find(self, row: PersonRow, column: str, name: str, known: dict, make: Callable):
        found = known.get(_key(name))
        if found is None and self.create:
            with self._step(row, column):
                found = make(name)
            known[_key(name)] = found
        if found is None:
            names = ", ".join(sorted({str(each) for each in known.values()})[:12])
            self._fail(
                row, column,
                _("There is no “%(name)s”.") % {"name": name},
                _("Use one of: %(names)s. Or let the import create what is missing.")
                % {"names": names or "–"},
            )  # fmt: skip
        return found

    def _new_team(self, name: str) -> Team:
        return services.add_team(slug=_free_slug(Team, "team", name), by=self.by, **_named(name))

    def _new_role(self, name: str) -> Role:
        return services.add_role(slug=_free_slug(Role, "role", name), by=self.by, **_named(name))

    def _heading(self, column: str) -> str:
        return self.columns.fields.get(column) or self.columns.accounts.get(column) or ""

    def _fail(self, row: PersonRow, column: str, reason: str, mend: str) -> None:
        value = getattr(row, column, None) or row.accounts.get(column, "")
        if isinstance(value, list):
            value = ", ".join(value)
        heading = self._heading(column)
        raise _RowProblem(Problem(row.line, heading, str(value), reason, mend))

    @contextmanager
    def _step(self, row: PersonRow, column: str) -> Iterator[None]:
        """What a service refuses becomes a problem of this column."""
        try:
            yield
        except services.PeopleError as error:
            if error.field and self._heading(error.field):
                column = error.field
            self._fail(row, column, str(error), _("Correct the row, or the record."))


class _RowProblem(Exception):
    """Carries the Problem of a row out of its savepoint."""


def _by_any_name(rows) -> dict[str, Team | Role]:
    """By code and by the name in either language."""
    return {
        _key(name): row for row in rows for name in (row.name_en, row.name_zh, row.slug) if name
    }


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _named(name: str) -> dict[str, str]:
    return {"name_en": name} if name.isascii() else {"name_zh": name}


def _free_slug(model: type[Team] | type[Role], kind: str, name: str) -> str:
    """From the name where it has Latin letters, else team-1, team-2 ..."""
    base = slugify(name)[:40]
    taken = set(model.objects.values_list("slug", flat=True))
    if base and base not in taken:
        return base
    return next(slug for n in range(1, 10_000) if (slug := f"{base or kind}-{n}") not in taken)
