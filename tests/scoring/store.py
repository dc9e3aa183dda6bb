"""A store with operations data in its ledger, for the tests of scores."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from django.conf import settings
from django.utils import timezone

from people import services as people
from people.models import Role, Team, User
from scoring import ledger
from scoring.models import (
    LedgerFile,
    LedgerState,
    OperationsImport,
    PersonKey,
    ScoringPeriod,
    Source,
    SourceMapping,
)
from scoring.services import periods
from tests.cast import Cast
from tests.factories import UserFactory

START, END = dt.date(2024, 3, 1), dt.date(2024, 4, 1)
DAYS = [day.date() for day in pd.bdate_range(START, periods=18)]
MAPPING = """
version = 1
[time]
zone = "Asia/Shanghai"
formats = ["%Y-%m-%d %H:%M"]
[person]
system = "wms"
[errors]
found_at = "found"
person = "who"
error_code = "code"
[attribution]
rules = ["named"]
"""


@dataclass
class Store:
    """Rows to be written: `work` and `errors` as tuples, see `Store.did` and `Store.erred`."""

    work: list[dict] = field(default_factory=list)
    errors: list[dict] = field(default_factory=list)

    def did(
        self, person: User, units: int, hours: float, day: dt.date,
        process: str = "picking", difficulty: str = "normal",
    ) -> None:  # fmt: skip
        start = pd.Timestamp(day, tz="Asia/Shanghai") + pd.Timedelta(hours=9)
        number = len(self.work)
        self.work.append(
            {
                "event_id": f"w{number}", "content": str(number), "line": number,
                "order_ref": f"SO{number:05}", "person": key_of(person), "process": process,
                "activity": "production", "started_at": start,
                "finished_at": start + pd.Timedelta(hours=hours), "work_day": pd.Timestamp(day),
                "busy_us": int(hours * 3_600_000_000), "units": units,
                "difficulty": difficulty, "source": "wms",
            }
        )  # fmt: skip

    def erred(
        self, person: User, day: dt.date, code: str = "MISPICK",
        process: str = "picking", quantity: int = 1,
    ) -> None:  # fmt: skip
        number = len(self.errors)
        self.errors.append(
            {
                "event_id": f"e{number}", "content": str(number), "line": number,
                "order_ref": f"EO{number:05}", "process": process, "error_code": code,
                "person": key_of(person), "found_by": "", "work_event": "", "source": "wms",
                "found_at": pd.Timestamp(day, tz="Asia/Shanghai") + pd.Timedelta(hours=18),
                "work_day": pd.Timestamp(day), "quantity": quantity, "severity": 1,
            }
        )  # fmt: skip

    def write(self) -> OperationsImport:
        """Commit the rows as one import, as an import of a file would."""
        now = timezone.now()
        source, _made = Source.objects.get_or_create(slug="wms")
        mapping, _made = SourceMapping.objects.get_or_create(
            source=source, version=1,
            defaults={"text": MAPPING, "sha256": "m" * 64, "created_at": now},
        )  # fmt: skip
        item = OperationsImport.objects.create(
            source=source, mapping=mapping, filename="wms.csv", size=1, received_at=now,
            sha256=hashlib.sha256(str(OperationsImport.objects.count()).encode()).hexdigest(),
            state="committed", committed_at=now,
        )  # fmt: skip
        frames = {
            kind: pd.DataFrame(rows, columns=ledger.SCHEMAS[kind].names)
            for kind, rows in (("work", self.work), ("errors", self.errors))
            if rows
        }
        for part in ledger.write_set(settings.HANDRAIL_LEDGER_DIR, item.uid.hex, frames):
            LedgerFile.objects.create(
                source_import=item, kind=part.kind, name=part.name, rows=part.rows,
                size=part.size, sha256=part.sha256, first_day=part.first_day,
                last_day=part.last_day,
            )  # fmt: skip
        state, _made = LedgerState.objects.get_or_create(pk=1)
        state.version += 1
        state.save()
        return item


def key_of(person: User) -> str:
    key, _made = PersonKey.objects.get_or_create(person=person)
    return key.key.hex


def colleagues(team: Team, role: Role, number: int) -> list[User]:
    """People without names that matter, in a team and a role since before the period."""
    found = UserFactory.create_batch(number)
    for person in found:
        people.join_team(person=person, team=team, on=dt.date(2024, 1, 1), by=None)
        people.start_role(person=person, role=role, on=dt.date(2024, 1, 1), by=None)
    return found


def busy_month(cast: Cast, *, others: int = 6, seed: int = 1) -> Store:
    """March 2024 of the pickers: Noor is quick and careful, 王喆 slow and often wrong; Pia alone
    packs, for two days."""
    rng = np.random.default_rng(seed)
    store = Store()
    pickers = [*colleagues(cast.pickers, cast.picker, others), cast.noor, cast.wei]
    pace = dict.fromkeys(pickers, 60) | {cast.noor: 85, cast.wei: 42}
    care = dict.fromkeys(pickers, 0.4) | {cast.noor: 0.05, cast.wei: 2.5}
    for person in pickers:
        for day in DAYS:
            units = int(rng.poisson(pace[person] * 6))
            store.did(person, units, 6, day, difficulty="bulky" if rng.random() < 0.3 else "normal")
            for _ in range(int(rng.poisson(care[person]))):
                store.erred(person, day, quantity=int(rng.integers(1, 4)))
    for day in DAYS[:2]:
        store.did(cast.pia, 100, 5, day, process="packing")
    return store


def calculated(cast: Cast, **options: int) -> ScoringPeriod:
    """A period over the busy month, calculated."""
    busy_month(cast, **options).write()
    period = periods.add_period(name="2024-03", starts_on=START, ends_on=END, by=cast.hua)
    periods.calculate_period(period=period, by=cast.hua)
    return period
