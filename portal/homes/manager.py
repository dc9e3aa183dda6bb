"""A manager's section: scores and certificates by team, in the teams' own order, never ranked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from statistics import median, quantiles

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kit.svg import Row, interval_dots
from people.models import Membership, Team, User
from people.permissions import is_manager
from scoring.models import Scorecard, ScoringPeriod
from scoring.models.scorecards import SHOWN_TO_LEADS, Band, ScorecardQuerySet, Verdict
from training import queries

# Fewer scores than this say nothing about a team, and too much about its people.
ENOUGH_SCORES = 3


@dataclass
class TeamLine:
    """One team: people, what they have shown of what their work asks, and their results."""

    team: Team
    people: int = 0
    certified: int = 0
    required: int = 0
    acknowledged: int = 0
    to_acknowledge: int = 0
    results: Counter = field(default_factory=Counter)
    scores: list[float] = field(default_factory=list)

    @property
    def certified_percent(self) -> int | None:
        return self.certified * 100 // self.required if self.required else None

    @property
    def acknowledged_percent(self) -> int | None:
        return self.acknowledged * 100 // self.to_acknowledge if self.to_acknowledge else None

    @property
    def median_score(self) -> float | None:
        """Of the people with a score, where there are enough of them."""
        return median(self.scores) if len(self.scores) >= ENOUGH_SCORES else None

    @property
    def middle_half(self) -> tuple[float, float] | None:
        """The quartiles between which half of the team's scores lie."""
        if self.median_score is None:
            return None
        first, _second, third = quantiles(self.scores, n=4, method="inclusive")
        return first, third

    @property
    def below(self) -> int:
        return self.results[Band.BELOW]

    @property
    def meets(self) -> int:
        return self.results[Band.MEETS]

    @property
    def exceeds(self) -> int:
        return self.results[Band.EXCEEDS]

    @property
    def undecided(self) -> int:
        """Between two bands, or not enough data."""
        return self.results[Verdict.BETWEEN] + self.results[Verdict.NOT_ENOUGH]


@dataclass(frozen=True)
class Facts:
    period: ScoringPeriod | None
    lines: list[TeamLine]

    @property
    def chart(self) -> SafeString | None:
        """The spread of each team's scores beside that of all; None without enough scores."""
        everyone = [score for line in self.lines for score in line.scores]
        rows = [
            Row(
                label=line.team.name,
                value=line.median_score,
                low=line.middle_half[0],
                high=line.middle_half[1],
                peers=everyone,
                text=f"{line.median_score:.0f}",
            )
            for line in self.lines
            if line.middle_half is not None
        ]
        if not rows:
            return None
        return interval_dots(
            rows,
            title=_("Scores by team"),
            desc=_("The median of each team, the half of its scores around it, and all scores."),
            interval_label=_("median and middle half of the team"),
            peers_label=pgettext("chart", "everybody"),
        )


def facts(person: User, at: dt.datetime) -> Facts | None:
    if not is_manager(person):
        return None
    today = timezone.localtime(at).date()
    period = (
        ScoringPeriod.objects.visible_to(person)
        .filter(state__in=SHOWN_TO_LEADS)
        .order_by("-starts_on")
        .first()
    )
    lines = {team.pk: TeamLine(team) for team in Team.objects.visible_to(person)}
    _add_competence(lines, today)
    if period is not None:
        _add_scores(lines, Scorecard.objects.visible_to(person).current().filter(period=period))
    shown = [line for line in lines.values() if line.people or line.results]
    return Facts(period, shown)


def _add_competence(lines: dict[int, TeamLine], today: dt.date) -> None:
    home = dict(
        Membership.objects.on(today)
        .filter(kind=Membership.Kind.MEMBER, team__in=lines)
        .values_list("person", "team")
    )
    people = User.objects.employed_on(today).filter(pk__in=home)
    for pk, shown in queries.competence(people, today).items():
        line = lines[home[pk]]
        line.people += 1
        line.certified += len(shown.certified)
        line.required += len(shown.required)
        line.acknowledged += len(shown.acknowledged)
        line.to_acknowledge += len(shown.to_acknowledge)


def _add_scores(lines: dict[int, TeamLine], cards: ScorecardQuerySet) -> None:
    for team, verdict, band, score in cards.values_list("team", "verdict", "band", "score"):
        if team in lines:
            lines[team].results[band or verdict] += 1
            if score is not None:
                lines[team].scores.append(score)
