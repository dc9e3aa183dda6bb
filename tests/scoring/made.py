"""Scorecards made from invented inputs, without a ledger: for tests of pages and rights."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from django.utils import timezone

from people.models import Team, User
from scoring import cards, engine, frames
from scoring.engine import competence
from scoring.engine.assess import assess
from scoring.engine.composite import Weights, by_person
from scoring.models import Scorecard, ScorecardLine, ScoringPeriod

KEY = "0" * 31
STEP = {
    "names": {"en": "Wrong item", "zh-hans": "错发"},
    "step": {
        "uid": "00000000-0000-0000-0000-000000000001", "order": 4, "sop": "PK-01",
        "number": "1.0", "titles": {"en": "Scan the bin", "zh-hans": "先扫库位"},
    },
}  # fmt: skip


def made_card(
    period: ScoringPeriod,
    person: User,
    *,
    team: Team | None = None,
    pace: float = 1.0,
    errors: float = 0.5,
    days: int = 15,
) -> Scorecard:
    """A card of `person` among nine invented others, as a calculation would keep it."""
    rng = np.random.default_rng(7)
    work, found, events = [], [], []
    first = pd.Timestamp(period.starts_on)
    for place in range(10):
        mine = place == 0
        for day in pd.bdate_range(first, periods=days if mine else 15):
            units = int(rng.poisson(300 * (pace if mine else 1)))
            key = f"{KEY}{place}"
            work.append((key, "picking", "normal", day, units, 18_000_000_000, 40))
            incidents = int(rng.poisson(errors if mine else 0.5))
            if incidents:
                found.append((key, "picking", "normal", day, incidents, 2 * incidents))
            events += [_event(key, day, n) for n in range(incidents)]
    inputs = frames.Inputs(
        work=pd.DataFrame(
            work,
            columns=["person", "process", "difficulty", "day", "units", "busy_us", "events"],
        ),
        errors=pd.DataFrame(
            found, columns=["person", "process", "difficulty", "day", "incidents", "quantity"]
        ),
        skills=pd.DataFrame(
            [[4, 3, 18, 20, 5, 5]], columns=list(competence.COLUMNS), index=[f"{KEY}0"]
        ).astype(float),
        given=pd.DataFrame(columns=["process", "starts_on", "ends_on", "seconds_per_unit"]),
        weights=by_person(pd.Index([f"{KEY}0"]), Weights()),
        other_us={f"{KEY}0": 3_600_000_000},
        events=pd.DataFrame(events, columns=["person", *cards.EVENT]),
        people={f"{KEY}0": person},
        teams={f"{KEY}0": team} if team else {},
        roles={},
        unattributed=0,
        fingerprint="f" * 64,
    )
    result = assess(inputs.work, inputs.errors, inputs.skills, seed=1, weights=inputs.weights)
    (built,) = cards.build(inputs, result, {"MISPICK": STEP})
    card = Scorecard.objects.create(
        period=period, person=person, team=team, snapshot=built.snapshot, evidence=built.evidence,
        fingerprint=inputs.fingerprint, content_sha256=built.sha256,
        engine_version=engine.VERSION, calculated_at=timezone.now(), **built.fields,
    )  # fmt: skip
    ScorecardLine.objects.bulk_create(
        [ScorecardLine(scorecard=card, **line) for line in built.lines]
    )
    return card


def _event(key: str, day: pd.Timestamp, number: int) -> tuple:
    name = f"e-{key[-1]}-{day:%m%d}-{number}"
    found_at = day.tz_localize("Asia/Shanghai") + dt.timedelta(hours=18)
    row = {
        "event_id": name, "incident": name, "order_ref": f"SO{day:%m%d}{number}",
        "error_code": "MISPICK", "process": "picking", "difficulty": "normal", "day": day,
        "found_at": found_at, "quantity": 2, "severity": 1, "rule": "did_process", "source": "wms",
    }  # fmt: skip
    return (key, *(row[column] for column in cards.EVENT))
