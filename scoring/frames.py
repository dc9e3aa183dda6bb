"""From the database and the ledger to the engine's frames: the one file that knows both."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from people.models import Membership, Role, RoleHolding, Team, User
from scoring import engine, queries
from scoring.aggregate import attributed_errors, daily_facts
from scoring.engine import competence as skills_of
from scoring.engine.assess import Settings
from scoring.engine.composite import Weights as EngineWeights
from scoring.models import PersonKey, ScoringPeriod, Standard, Weights
from training.queries import competence

SETTINGS = Settings()
NOTHING_ASKED = dict.fromkeys(skills_of.COLUMNS, 0)


@dataclass(frozen=True)
class Inputs:
    """All that a period's scores are made of; `person` is the ledger's key everywhere.

    `work`, `errors`, `skills`, `given`, `weights`: as `scoring.engine.assess.assess` takes them.
    `other_us`: microseconds of work without units, by person. `events`: the single errors (see
    `scoring.attribution.attribute`). `people`, `teams`, `roles`: by key, for everybody who gets a
    card. `unattributed`: errors of these days without a maker. `fingerprint`: SHA-256 of
    everything that a number can depend on.
    """

    work: pd.DataFrame
    errors: pd.DataFrame
    skills: pd.DataFrame
    given: pd.DataFrame
    weights: pd.DataFrame
    other_us: dict[str, int]
    events: pd.DataFrame
    people: dict[str, User]
    teams: dict[str, Team]
    roles: dict[str, Role]
    unattributed: int
    fingerprint: str


def read(period: ScoringPeriod, settings: Settings = SETTINGS) -> Inputs:
    """Read a period's inputs; a card is due to everybody with work or errors on its days.

    People whose identity was removed from the ledger stay in the totals and get no card.
    """
    first, end = period.starts_on, period.ends_on
    snapshot = queries.current_snapshot()
    facts = daily_facts(snapshot, first, end)
    people = _people({*facts.work["person"], *facts.errors["person"]})
    roles = _longest_held(people.values(), first, end)
    weights, own_weights = _weights(roles, first)
    by_person = pd.DataFrame(
        [asdict(own_weights.get(person.pk, weights)) for person in people.values()],
        index=pd.Index(people, name="person"),
        columns=list(asdict(weights)),
        dtype=float,
    )
    counted = facts.work[facts.work["events"] > 0]
    skills = _skills(people, period.last_day)
    given = _given(first, end)
    fingerprint = _fingerprint(
        data=facts.fingerprint,
        days=[first, end],
        given=given.to_dict("records"),
        weights=by_person.to_dict("index"),
        skills=skills.to_dict("index"),
        settings=asdict(settings),
        engine=engine.VERSION,
    )
    others = facts.work.groupby("person", sort=True)["other_us"].sum()
    return Inputs(
        work=counted.reset_index(drop=True),
        errors=facts.errors,
        skills=skills,
        given=given,
        weights=by_person,
        other_us={str(person): int(us) for person, us in others.items()},
        events=attributed_errors(snapshot, first=first, end=end),
        people=people,
        teams=_keyed(people, _home_teams(people.values(), period.last_day, first)),
        roles=_keyed(people, roles),
        unattributed=facts.unattributed["errors"],
        fingerprint=fingerprint,
    )


def seed_of(fingerprint: str) -> int:
    """The seed of the posterior draws: the same inputs draw the same numbers everywhere."""
    return int(fingerprint[:12], 16)


def _people(keys: Iterable[str]) -> dict[str, User]:
    wanted = sorted(key for key in keys if key)
    rows = PersonKey.objects.select_related("person").in_bulk(wanted)
    return {key.hex: row.person for key, row in sorted(rows.items())}


def _keyed(people: dict[str, User], found: dict[int, Any]) -> dict[str, Any]:
    return {key: found[person.pk] for key, person in people.items() if person.pk in found}


def _longest_held(people: Iterable[User], first: dt.date, end: dt.date) -> dict[int, Role]:
    """The role that each person held on most days of the period; the first by code on a tie."""
    rows = RoleHolding.objects.overlapping(first, end).filter(person__in=people)
    days: dict[int, dict[Role, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows.select_related("role"):
        held = min(row.ends_on or end, end) - max(row.starts_on, first)
        days[row.person_id][row.role] += held.days
    return {
        person: min(roles, key=lambda role: (-roles[role], role.slug))
        for person, roles in days.items()
    }


def _home_teams(people: Iterable[User], on: dt.date, first: dt.date) -> dict[int, Team]:
    """The home team on the last day, or the last one held in the period."""
    rows = (
        Membership.objects.overlapping(first, on + dt.timedelta(days=1))
        .filter(person__in=people, kind=Membership.Kind.MEMBER)
        .select_related("team")
        .order_by("starts_on", "pk")
    )
    return {row.person_id: row.team for row in rows}


def _weights(roles: dict[int, Role], on: dt.date) -> tuple[EngineWeights, dict[int, EngineWeights]]:
    """The weights for every role, and by person those of roles that have their own."""
    in_force = {row.role_id: _engine_weights(row) for row in Weights.objects.on(on)}
    own = {person: in_force[role.pk] for person, role in roles.items() if role.pk in in_force}
    return in_force.get(None, SETTINGS.weights), own


def _engine_weights(row: Weights) -> EngineWeights:
    return EngineWeights(
        throughput=float(row.throughput),
        quality=float(row.quality),
        competence=float(row.competence),
        gate=float(row.gate),
    )


def _given(first: dt.date, end: dt.date) -> pd.DataFrame:
    rows = Standard.objects.overlapping(first, end).select_related("process")
    frame = pd.DataFrame(
        [(s.process.code, s.starts_on, s.ends_on, float(s.seconds_per_unit)) for s in rows],
        columns=["process", "starts_on", "ends_on", "seconds_per_unit"],
    )
    for name in ("starts_on", "ends_on"):
        frame[name] = pd.to_datetime(frame[name])
    return frame.sort_values(["process", "starts_on"], ignore_index=True)


def _skills(people: dict[str, User], on: dt.date) -> pd.DataFrame:
    shown = competence(people.values(), on)
    rows = {}
    for key, person in people.items():
        found = shown[person.pk]
        scores = [s for module, s in found.best_scores.items() if module in found.required]
        rows[key] = NOTHING_ASKED | {
            "required": len(found.required),
            "certified": len(found.certified),
            "quiz_points": float(sum(score.marks for score in scores)),
            "quiz_max": float(sum(score.max_marks for score in scores)),
            "to_acknowledge": len(found.to_acknowledge),
            "acknowledged": len(found.acknowledged),
        }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(skills_of.COLUMNS))
    return frame.astype(float).rename_axis("person")


def _fingerprint(**content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
