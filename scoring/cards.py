"""What goes onto a scorecard: the engine's results for one person, as plain values.

A card's `snapshot` is all that its page and its PDF show, so that a published card never changes
whatever is renamed or corrected later. Numbers are unrounded; times are integer microseconds;
what is unknown is null. Its keys:

- `person` (name, number), `team`, `role` (names by language, or null);
- `processes`: work by process and difficulty, the standard it was measured by, errors and the
  expected ones;
- `weeks`: the same by week (Monday), percent of standard, incidents and expected;
- `errors`: by error code, with the SOP step that prevents it, where there is one;
- `peers`: the others' values without names, or null where fewer than five;
- `weights`, `settings`, `hours` (counted and other, in microseconds), `reasons` of the verdict.

`evidence` holds the rows behind: `work` by day, `errors` one by one.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from kit.models import Named
from people.models import Role, Team, User
from scoring.engine import trend
from scoring.engine.assess import Assessment, Settings
from scoring.frames import SETTINGS, Inputs
from scoring.models import Component, Process

FEWEST_PEERS = 5
LANGUAGES = ("en", "zh-hans")
LINE_DETAILS = {
    Component.THROUGHPUT: (
        "units", "events", "days", "actual_us", "standard_us",
        "fair_percent", "fair_low", "fair_high", "independent_share",
    ),
    Component.QUALITY: ("exposure", "incidents", "quantity", "observed", "expected", "ratio"),
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One person's card, ready to be kept. `fields` are columns of `Scorecard`, `lines` rows of
    `ScorecardLine`."""

    person: User
    team: Team | None
    role: Role | None
    fields: dict[str, Any]
    lines: list[dict[str, Any]]
    snapshot: dict[str, Any]
    evidence: dict[str, Any]
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        content = [self.fields, self.lines, self.snapshot, self.evidence]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False)
        object.__setattr__(self, "sha256", hashlib.sha256(text.encode()).hexdigest())


def build(
    inputs: Inputs,
    result: Assessment,
    steps: dict[str, dict[str, Any]],
    *,
    settings: Settings = SETTINGS,
) -> list[Card]:
    """A card for everybody in `inputs.people`, by key. `steps`: by error code, the SOP step that
    prevents it, see `scoring.card_queries.steps_of`."""
    names = {process.code: _names(process) for process in Process.objects.all()}
    parts = _Parts(inputs, result, steps, names, settings)
    return [parts.card(key) for key in inputs.people]


class _Parts:
    """The frames of one calculation, cut by person once, so that a card costs little."""

    def __init__(
        self,
        inputs: Inputs,
        result: Assessment,
        steps: dict[str, dict[str, Any]],
        names: dict[str, dict[str, str]],
        settings: Settings,
    ) -> None:
        self.inputs, self.result, self.settings = inputs, result, settings
        self.steps, self.names = steps, names
        speed, care = result.throughput, result.quality
        weeks = trend.weekly(inputs.work, inputs.errors, speed, care, given=inputs.given)
        self.weeks = _by_person(weeks.reset_index())
        self.processes = _by_person(self._processes())
        self.work = _by_person(inputs.work)
        self.events = _by_person(inputs.events)
        self.peers = _peers(inputs, result)
        self.totals = _rows(result.composite)
        self.verdicts, self.ranks = _rows(result.verdicts), _rows(result.ranks)
        self.bands = {name: _rows(frame) for name, frame in result.bands.items()}
        self.components = {
            Component.THROUGHPUT: (_rows(speed.people), "percent"),
            Component.QUALITY: (_rows(care.people), "mean"),
            Component.COMPETENCE: (_rows(result.competence), "percent"),
        }

    def card(self, key: str) -> Card:
        person = self.inputs.people[key]
        team, role = self.inputs.teams.get(key), self.inputs.roles.get(key)
        total = self.totals[key]
        lines = [self._line(key, component) for component in Component]
        judged = _judged(self.verdicts[key])
        ranks = self.ranks[key]
        fields = judged | {
            "score": _number(total["score"]),
            "low": _number(total["low"]),
            "high": _number(total["high"]),
            "share_with_data": float(total["evidence"]),
            "rank": _whole(ranks["rank"]),
            "rank_low": _whole(ranks["low"]),
            "rank_high": _whole(ranks["high"]),
        }
        snapshot = {
            "person": {"name": person.name, "number": person.employee_number},
            "team": team and _names(team),
            "role": role and _names(role),
            "processes": self.processes.get(key, []),
            "weeks": self.weeks.get(key, []),
            "errors": self._errors(key),
            "peers": self.peers.get(key),
            "gated": float(total["gated"]),
            "reasons": self._reasons(total, judged),
            "hours": {
                "counted_us": sum(row["busy_us"] for row in self.processes.get(key, [])),
                "other_us": self.inputs.other_us.get(key, 0),
            },
            "weights": {
                str(k): float(v) for k, v in self.inputs.weights.loc[key].to_dict().items()
            },
            "settings": _settings(self.settings),
        }
        evidence = {
            "work": [
                {k: row[k] for k in ("day", "process", "difficulty", "units", "busy_us", "events")}
                for row in self.work.get(key, [])
            ],
            "errors": [
                {name: row[name] for name in EVENT}
                for row in sorted(self.events.get(key, []), key=_when)
            ],
        }
        return Card(person, team, role, fields, lines, snapshot, evidence)

    def _line(self, key: str, component: Component) -> dict[str, Any]:
        people, value = self.components[component]
        bands = self.bands.get(str(component), {})
        line = {
            "component": str(component),
            "weight": float(self.totals[key][f"weight_{component}"]),
            "enough": False,
            "value": None,
            "low": None,
            "high": None,
            **_judged(bands.get(key)),
        }
        details: dict[str, Any] = {}
        if key in people:
            row = people[key]
            line |= {
                "enough": bool(row["enough"]),
                "value": _number(row[value]),
                "low": _number(row["low"]),
                "high": _number(row["high"]),
            }
            details = {name: _plain(row[name]) for name in LINE_DETAILS.get(component, ())}
        if component == Component.COMPETENCE:
            details = {str(k): _plain(v) for k, v in self.inputs.skills.loc[key].to_dict().items()}
        if component == Component.QUALITY:
            found = {row["incident"] for row in self.events.get(key, [])}
            details["uncounted"] = max(0, len(found) - details.get("incidents", 0))
        return line | {"details": details | {"reasons": self._lacks(component, line, details)}}

    def _lacks(
        self, component: Component, line: dict[str, Any], details: dict[str, Any]
    ) -> list[str]:
        """Why a component has not enough data, as codes that `scoring.words` puts into words."""
        s = self.settings
        if component == Component.COMPETENCE:
            return [] if line["enough"] else ["nothing_asked"]
        if "days" not in details and "exposure" not in details:
            return ["no_work"]
        if component == Component.QUALITY:
            if not details["expected"]:
                return ["nothing_expected"]
            return [] if line["enough"] else ["few_expected"]
        if line["value"] is None:
            return ["no_work"]
        lacks = ["few_days"] if details["days"] < s.min_days else []
        if (details["independent_share"] or 0) < 0.5:
            lacks.append("no_standard")
        return lacks or ([] if line["enough"] else ["no_units"])

    def _reasons(self, total: dict[str, Any], judged: dict[str, Any]) -> list[str]:
        if judged["verdict"] != "not_enough_data":
            return []
        return ["too_wide"] if total["evidence"] >= self.settings.min_evidence else ["too_little"]

    def _processes(self) -> pd.DataFrame:
        """Work and errors by person, process, difficulty and standard."""
        speed, care = self.result.throughput, self.result.quality
        done = speed.cells.reset_index()
        standards = speed.standards[["seconds_per_unit", "origin"]].reset_index()
        done = done.merge(standards, on=["process", "difficulty", "standard"], how="left")
        # An error belongs to a process and a difficulty, so it is shown once, on the first row.
        first = ~done.duplicated(["person", "process", "difficulty"])
        found = care.cells.reset_index()[["person", "process", "difficulty", *FOUND]]
        rows = done.assign(first=first).merge(
            found.assign(first=True), on=["person", "process", "difficulty", "first"], how="outer"
        )
        counts = ["units", "busy_us", "incidents", "quantity"]
        rows[counts] = rows[counts].fillna(0).astype("int64")
        rows["expected"] = rows["expected"].fillna(0.0)
        called = [self.names.get(c, dict.fromkeys(LANGUAGES, c)) for c in rows["process"]]
        rows = rows.assign(names=pd.Series(called, index=rows.index, dtype=object))
        order = ["person", "busy_us", "process", "difficulty"]
        return rows.drop(columns="first").sort_values(order, ascending=[True, False, True, True])

    def _errors(self, key: str) -> list[dict[str, Any]]:
        """By error code, most incidents first: how often, how many pieces, the step against it."""
        incidents: dict[str, set[str]] = defaultdict(set)
        quantity: dict[str, int] = defaultdict(int)
        for row in self.events.get(key, []):
            incidents[row["error_code"]].add(row["incident"])
            quantity[row["error_code"]] += row["quantity"]
        rows = [
            {
                "code": code,
                "incidents": len(found),
                "quantity": quantity[code],
                **self.steps.get(code, {"names": None, "step": None}),
            }
            for code, found in incidents.items()
        ]
        return sorted(rows, key=lambda row: (-row["incidents"], row["code"]))


FOUND = ["incidents", "quantity", "expected"]
EVENT = (
    "event_id", "incident", "order_ref", "error_code", "process", "difficulty",
    "day", "found_at", "quantity", "severity", "rule", "source",
)  # fmt: skip


def _peers(inputs: Inputs, result: Assessment) -> dict[str, dict[str, Any]]:
    """By person, the values of those with the same role, or of everybody where they are too few.

    Values are sorted, so that nobody can be read off them by place; the person's own is among them.
    """
    groups: dict[int | None, list[str]] = defaultdict(list)
    for key in inputs.people:
        role = inputs.roles.get(key)
        groups[role.pk if role else None].append(key)
    everybody = list(inputs.people)
    speed, care = result.throughput.people, result.quality.people
    trusted = result.composite["evidence"] >= 0.5
    values = {
        "throughput": speed["percent"][speed["enough"]],
        "quality": care["mean"][care["enough"]].dropna(),
        "score": result.composite["score"][trusted].dropna(),
    }
    found = {}
    for group_of, members in groups.items():
        same_role = group_of is not None and len(members) >= FEWEST_PEERS
        group = members if same_role else everybody
        if len(group) < FEWEST_PEERS:
            continue
        shown = {}
        for name, series in values.items():
            of_group = np.sort(series[series.index.intersection(group)].to_numpy(dtype=float))
            shown[name] = of_group.tolist() if len(of_group) >= FEWEST_PEERS else None
        for key in members:
            found[key] = shown | {"size": len(group), "same_role": same_role}
    return found


def _by_person(rows: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.to_dict("records"):
        person = row.pop("person")
        found[person].append({str(name): _plain(value) for name, value in row.items()})
    return found


def _rows(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The rows by their index."""
    rows: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]
    return dict(zip(map(str, frame.index), rows, strict=True))


def _judged(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"verdict": "not_enough_data", "probability": None} | dict.fromkeys(
            ("band", "band_lower", "band_upper"), ""
        )
    return {
        "verdict": row["verdict"],
        "band": _text(row["band"]),
        "band_lower": _text(row["lower"]),
        "band_upper": _text(row["upper"]),
        "probability": _number(row["probability"]),
    }


def _settings(settings: Settings) -> dict[str, Any]:
    return {
        "level": settings.level,
        "band_level": settings.band_level,
        "cuts": list(settings.bands.cuts),
        "min_days": settings.min_days,
        "min_expected": settings.min_expected,
        "min_evidence": settings.min_evidence,
        "exposure": settings.exposure,
    }


def _names(named: Named) -> dict[str, str]:
    names = {language: named.name_in(language) for language in LANGUAGES}
    return {language: name or str(named) for language, name in names.items()}


def _when(row: dict[str, Any]) -> tuple[str, str]:
    return row["found_at"] or "", row["event_id"]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _plain(value: Any) -> Any:
    """A JSON value: whole numbers stay whole, unknown is null; days (moments without a zone) and
    moments are ISO text."""
    if isinstance(value, str | bool | dict | list) or value is None:
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _number(value)
    if pd.isna(value):
        return None
    moment = pd.Timestamp(value)
    return moment.date().isoformat() if moment.tzinfo is None else moment.isoformat()
