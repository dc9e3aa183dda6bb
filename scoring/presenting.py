"""A scorecard as its page and its PDF show it: charts, tables and sentences in one language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kit.svg import Point, Row, interval_dots, trend
from scoring import words
from scoring.engine.control import poisson_range
from scoring.models import Component, Review, Scorecard, ScorecardLine

SCORE_LIMITS = (40.0, 160.0)
LIMITS = {Component.THROUGHPUT: None, Component.QUALITY: None, Component.COMPETENCE: (0.0, 100.0)}


@dataclass(frozen=True)
class Figure:
    """A chart with its table, as `components/figure.html` takes it."""

    heading: str
    svg: SafeString
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class ComponentPart:
    """One component: its number, verdict, chart and the formula in words."""

    line: ScorecardLine
    name: str
    value: str
    spread: str
    verdict: str
    tone: str
    sureness: str
    chart: SafeString | None
    formula: list[str]
    lacks: list[str]
    weight: str


@dataclass(frozen=True)
class ErrorRow:
    """Errors of one code, with the SOP step that prevents them."""

    name: str
    code: str
    incidents: str
    quantity: str
    step: str
    url: str


class CardPage:
    """Everything about one card; reads the database only for its lines and its review."""

    def __init__(self, card: Scorecard) -> None:
        self.card = card
        self.snapshot: dict[str, Any] = card.snapshot
        self.settings: dict[str, Any] = card.snapshot["settings"]

    # --- Who, when, verdict ---------------------------------------------------

    @property
    def name(self) -> str:
        return str(self.snapshot["person"]["name"])

    @property
    def number(self) -> str:
        return str(self.snapshot["person"]["number"])

    @property
    def team(self) -> str:
        return words.named(self.snapshot["team"])

    @property
    def role(self) -> str:
        return words.named(self.snapshot["role"])

    @property
    def verdict(self) -> str:
        return words.verdict(self.card)

    @property
    def tone(self) -> str:
        return words.tone(self.card)

    @property
    def sureness(self) -> str:
        return words.sureness(self.card)

    @property
    def score(self) -> str:
        return words.number(self.card.score)

    @property
    def spread(self) -> str:
        return words.interval(self.card.low, self.card.high)

    @property
    def has_score(self) -> bool:
        """A score that rests on too little is not shown as if it were one."""
        return self.card.score is not None and "too_little" not in self.snapshot["reasons"]

    @property
    def lacks(self) -> list[str]:
        return words.lacks(self.snapshot["reasons"], self.settings)

    @property
    def formula(self) -> list[str]:
        return words.composite(self.snapshot)

    @cached_property
    def review(self) -> Review | None:
        return Review.objects.filter(scorecard=self.card).select_related("lead_signed_by").first()

    @property
    def level(self) -> str:
        return words.percent(100 * self.settings["level"])

    # --- Components -------------------------------------------------------------

    @cached_property
    def glance(self) -> SafeString | None:
        """The score among the peers', on one scale with the bands."""
        if not self.has_score:
            return None
        row = Row(
            _("Score"), self.card.score, self.card.low, self.card.high,
            peers=self._peers("score"), text=f"{self.score} ({self.spread})",
        )  # fmt: skip
        return interval_dots(
            [row], title=_("Score among colleagues"), limits=SCORE_LIMITS, reference=100.0,
            reference_label=_("as it should be"), interval_label=self._interval_label,
            peers_label=self._peers_label,
        )  # fmt: skip

    @cached_property
    def components(self) -> list[ComponentPart]:
        lines = {line.component: line for line in self.card.lines.all()}
        return [self._component(lines[component]) for component in Component]

    def _component(self, line: ScorecardLine) -> ComponentPart:
        judged = line.component != Component.COMPETENCE
        return ComponentPart(
            line=line,
            name=str(Component(line.component).label),
            value=words.value(line),
            spread=words.spread(line),
            verdict=words.verdict(line) if judged else "",
            tone=words.tone(line),
            sureness=words.sureness(line) if judged else "",
            chart=self._chart(line),
            formula=words.formula(line, self.settings),
            lacks=words.lacks(line.details["reasons"], self.settings),
            weight=words.percent(100 * line.weight),
        )

    def _chart(self, line: ScorecardLine) -> SafeString | None:
        if line.value is None:
            return None
        component = Component(line.component)
        reference, label, unit = {
            Component.THROUGHPUT: (100.0, _("the standard"), "%"),
            Component.QUALITY: (1.0, _("as expected"), ""),
            Component.COMPETENCE: (None, "", "%"),
        }[component]
        name = str(component.label)
        row = Row(
            name, line.value, line.low, line.high,
            peers=self._peers(str(component)), text=words.spread(line),
        )  # fmt: skip
        return interval_dots(
            [row], title=name, unit=unit, limits=LIMITS[component], reference=reference,
            reference_label=label, interval_label=self._interval_label,
            peers_label=self._peers_label,
        )  # fmt: skip

    def _peers(self, name: str) -> list[float]:
        return (self.snapshot["peers"] or {}).get(name) or []

    @property
    def _interval_label(self) -> str:
        return _("value with its %(level)s interval") % {"level": self.level}

    @property
    def _peers_label(self) -> str:
        peers = self.snapshot["peers"]
        if not peers:
            return ""
        if peers["same_role"]:
            return _("%(number)s with the same role") % {"number": peers["size"]}
        return _("%(number)s people of the period") % {"number": peers["size"]}

    # --- Weeks ------------------------------------------------------------------

    @cached_property
    def trends(self) -> list[Figure]:
        """Percent of standard and incidents by week; nothing for a single week."""
        weeks = self.snapshot["weeks"]
        if len(weeks) < 2:
            return []
        return [self._speed_trend(weeks), self._error_trend(weeks)]

    def _speed_trend(self, weeks: list[dict[str, Any]]) -> Figure:
        points = [
            Point(_week(week["week"]), week["percent"], text=words.percent(week["percent"]))
            for week in weeks
        ]
        return Figure(
            heading=_("Throughput by week"),
            svg=trend(
                points, title=_("Percent of standard by week"), unit="%", reference=100.0,
                reference_label=_("the standard"), value_label=_("percent of standard"),
            ),
            columns=[_("Week of"), _("Units"), _("Hours"), _("Standard hours"), _("Percent")],
            rows=[
                [
                    _week(week["week"]),
                    words.number(week["units"]),
                    words.hours(week["busy_us"]),
                    words.hours(week["standard_us"]),
                    words.percent(week["percent"]),
                ]
                for week in weeks
            ],
        )  # fmt: skip

    def _error_trend(self, weeks: list[dict[str, Any]]) -> Figure:
        ranges = poisson_range([week["expected"] for week in weeks])
        points = [
            Point(
                _week(week["week"]), float(week["incidents"]), limit_low=low, limit_high=high,
                text=words.number(week["incidents"]), flagged=week["incidents"] > high,
            )
            for week, low, high in zip(weeks, ranges["low"], ranges["high"], strict=True)
        ]  # fmt: skip
        return Figure(
            heading=_("Errors by week"),
            svg=trend(
                points, title=_("Incidents by week"), value_label=_("incidents"),
                limits_label=_("what chance alone allows"),
            ),
            columns=[_("Week of"), _("Incidents"), _("Expected")],
            rows=[
                [
                    _week(week["week"]),
                    words.number(week["incidents"]),
                    words.number(week["expected"], 1),
                ]
                for week in weeks
            ],
        )  # fmt: skip

    # --- Tables -----------------------------------------------------------------

    @property
    def processes(self) -> list[dict[str, str]]:
        return [
            {
                "name": words.named(row["names"]),
                "difficulty": words.difficulty(row["difficulty"]),
                "units": words.number(row["units"]),
                "hours": words.hours(row["busy_us"]),
                "standard": self._standard(row),
                "percent": words.percent(row["percent"]),
                "incidents": words.number(row["incidents"]),
                "expected": words.number(row["expected"], 1),
            }
            for row in self.snapshot["processes"]
        ]

    def _standard(self, row: dict[str, Any]) -> str:
        if row.get("seconds_per_unit") is None:
            return "–"
        seconds = _("%(seconds)s s a unit") % {"seconds": words.number(row["seconds_per_unit"], 1)}
        if row["origin"] == "set":
            return _("%(seconds)s (set)") % {"seconds": seconds}
        return seconds if row["independent"] else _("%(seconds)s (own)") % {"seconds": seconds}

    @property
    def errors(self) -> list[ErrorRow]:
        return [_error(row) for row in self.snapshot["errors"]]

    @property
    def other_hours(self) -> str:
        """Hours without units (set-up, waiting, indirect work), which count neither way."""
        other = self.snapshot["hours"]["other_us"]
        return words.hours(other) if other else ""

    # --- The rows behind ----------------------------------------------------------

    @property
    def work_rows(self) -> list[dict[str, str]]:
        names = {row["process"]: words.named(row["names"]) for row in self.snapshot["processes"]}
        return [
            {
                "day": _day(row["day"]),
                "process": names.get(row["process"], row["process"]),
                "difficulty": words.difficulty(row["difficulty"]),
                "units": words.number(row["units"]),
                "hours": words.number(row["busy_us"] / words.HOUR_US, 2),
                "events": words.number(row["events"]),
            }
            for row in self.card.evidence["work"]
        ]

    @property
    def error_rows(self) -> list[dict[str, str]]:
        codes = {row["code"]: _error(row) for row in self.snapshot["errors"]}
        names = {row["process"]: words.named(row["names"]) for row in self.snapshot["processes"]}
        return [
            {
                "found": _moment(row["found_at"]),
                "day": _day(row["day"]),
                "order": row["order_ref"],
                "name": codes[row["error_code"]].name,
                "step": codes[row["error_code"]].step,
                "url": codes[row["error_code"]].url,
                "process": names.get(row["process"], row["process"]),
                "quantity": words.number(row["quantity"]),
                "rule": found_by_rule(row["rule"]),
                "source": row["source"],
            }
            for row in self.card.evidence["errors"]
        ]


def found_by_rule(rule: str) -> str:
    """How an error found its maker, in words."""
    said = {
        "named": _("named in the data"),
        "own_step": _("logged at the own step"),
        "did_process": _("did this step on this order"),
        "last_maker_before_check": _("last to work on the order before the check"),
        "assigned": _("assigned by a person"),
    }
    return said.get(rule, rule)


def _error(row: dict[str, Any]) -> ErrorRow:
    step = row["step"]
    title, url = "", ""
    if step is not None:
        title = f"{step['sop']} · {step['order']} {words.named(step['titles'])}"
        url = reverse("sop:read", args=[step["sop"]]) + f"#step-{step['order']}"
    return ErrorRow(
        name=words.named(row["names"]) or row["code"],
        code=row["code"],
        incidents=words.number(row["incidents"]),
        quantity=words.number(row["quantity"]),
        step=title,
        url=url,
    )


def _day(text: str) -> str:
    return date_format(parse_date(text) or dt.date.min, "SHORT_DATE_FORMAT")


def _moment(text: str | None) -> str:
    moment = parse_datetime(text) if text else None
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else "–"


def _week(text: str) -> str:
    # Translators: a short date without the year, in Django's date format.
    return date_format(parse_date(text) or dt.date.min, _("j M"))


def absolute(path: str) -> str:
    """The address of a page for paper."""
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path
