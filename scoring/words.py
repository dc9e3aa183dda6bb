"""Numbers and results of a scorecard in words, in the active language.

Rounding happens here and nowhere before.
"""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from scoring.models import Band, Component, ScorecardLine, Verdict
from scoring.models.scorecards import Judged

HOUR_US = 3_600_000_000
ANY = "*"
# The words that the example mappings translate an export's difficulty into.
DIFFICULTIES = {
    "normal": pgettext_lazy("difficulty", "standard"),
    "mixed": pgettext_lazy("difficulty", "several items"),
    "bulky": pgettext_lazy("difficulty", "bulky"),
    "fragile": pgettext_lazy("difficulty", "fragile"),
    "complex": pgettext_lazy("difficulty", "complex"),
}
TONES = {Band.BELOW: "warn", Band.MEETS: "ok", Band.EXCEEDS: "ok"}


def number(value: float | None, decimals: int = 0) -> str:
    """Grouped as the language does it; an en dash for what is unknown."""
    if value is None:
        return "–"
    rounded = round(value, decimals)
    return str(number_format(rounded + 0.0, decimals, use_l10n=True, force_grouping=True))


def percent(value: float | None, decimals: int = 0) -> str:
    return "–" if value is None else f"{number(value, decimals)}%"


def hours(microseconds: float) -> str:
    return number(microseconds / HOUR_US, 1)


def interval(low: float | None, high: float | None, decimals: int = 0, unit: str = "") -> str:
    if low is None or high is None:
        return ""
    return _("%(low)s to %(high)s") % {
        "low": number(low, decimals),
        "high": number(high, decimals) + unit,
    }


def named(names: dict[str, str] | None) -> str:
    """The name in the active language from a snapshot's names."""
    if not names:
        return ""
    language = get_language() or "en"
    return names["zh-hans" if language.startswith("zh") else "en"]


def difficulty(code: str) -> str:
    """The usual words of the exports in the reader's language; a store's own word as it is."""
    if code == ANY:
        return _("not known")
    return str(DIFFICULTIES.get(code, code))


def verdict(judged: Judged) -> str:
    """The verdict in a few words, for badges and headings."""
    if judged.has_band:
        return str(Band(judged.band).label)
    if judged.is_between:
        return _between(judged)
    return str(Verdict.NOT_ENOUGH.label)


def _between(judged: Judged) -> str:
    if judged.band_lower == Band.BELOW:
        return _("below or meets expectations")
    return _("meets or exceeds expectations")


def tone(judged: Judged) -> str:
    return TONES.get(Band(judged.band), "neutral") if judged.has_band else "neutral"


def sureness(judged: Judged) -> str:
    """How sure the verdict is, in per cent; "" where there is none."""
    if judged.probability is None:
        return ""
    # 4,000 draws say "all of them" for what is only almost certain.
    shown = min(judged.probability, 0.99)
    return _("%(percent)s sure") % {"percent": percent(100 * shown)}


def value(line: ScorecardLine) -> str:
    """The component's number as it stands beside its name."""
    if line.component == Component.QUALITY:
        if line.value is not None:
            return _("%(ratio)s × expected") % {"ratio": number(line.value, 2)}
        if line.high is not None:
            return _("at most %(ratio)s × expected") % {"ratio": number(line.high, 2)}
        return "–"
    return percent(line.value, 1 if line.component == Component.THROUGHPUT else 0)


def spread(line: ScorecardLine) -> str:
    """The component's interval."""
    if line.component == Component.QUALITY:
        return interval(line.low, line.high, 2)
    return interval(line.low, line.high, 0, "%")


def lacks(reasons: list[str], settings: dict[str, Any]) -> list[str]:
    """Why there is not enough data, each reason with what would be enough."""
    said = {
        "no_work": _("There is no counted work in this period."),
        "no_units": _("There are no units that the standard could be applied to."),
        "few_days": ngettext(
            "There are fewer than %(days)s day with counted work.",
            "There are fewer than %(days)s days with counted work.",
            settings["min_days"],
        )
        % {"days": settings["min_days"]},
        "no_standard": _(
            "There is no independent standard: too few others do this work, or one person does "
            "more than a third of it. A standard set by the store would mend that."
        ),
        "nothing_expected": _(
            "In work of this kind nobody's errors were recorded, so none can be expected."
        ),
        "few_expected": _(
            "Fewer than %(errors)s errors would be expected for this much work, so that luck would "
            "decide."
        )
        % {"errors": number(settings["min_expected"])},
        "nothing_asked": _("Nothing was asked of this role: no module, no procedure to confirm."),
        "too_little": _("Less than half of what counts rests on enough data."),
        "too_wide": _("The data allow more than two neighbouring results."),
    }
    return [said[reason] for reason in reasons]


def formula(line: ScorecardLine, settings: dict[str, Any]) -> list[str]:
    """How the component's number came about, sentence by sentence, with the person's numbers."""
    if line.component == Component.THROUGHPUT:
        return _throughput(line, settings)
    if line.component == Component.QUALITY:
        return _quality(line, settings)
    return _competence(line)


def _throughput(line: ScorecardLine, settings: dict[str, Any]) -> list[str]:
    d = line.details
    if line.value is None:
        return []
    said = [
        _(
            "%(units)s units at their standard times are worth %(standard)s hours. They took "
            "%(actual)s hours on %(days)s days: %(standard)s ÷ %(actual)s = %(percent)s."
        )
        % {
            "units": number(d["units"]),
            "standard": hours(d["standard_us"]),
            "actual": hours(d["actual_us"]),
            "days": number(d["days"]),
            "percent": percent(line.value, 1),
        }
    ]
    if line.low is not None:
        said.append(
            _(
                "Days differ. With %(level)s probability the true value lies between %(low)s and "
                "%(high)s."
            )
            % _range(line.low, line.high, settings, percent)
        )
    if d["fair_percent"] is not None and d["fair_low"] is not None:
        said.append(
            _(
                "The result compares only with what the others took: %(percent)s (%(low)s to "
                "%(high)s)."
            )
            % {
                "percent": percent(d["fair_percent"], 1),
                "low": number(d["fair_low"]),
                "high": percent(d["fair_high"]),
            }
        )
    return said


def _quality(line: ScorecardLine, settings: dict[str, Any]) -> list[str]:
    d = line.details
    if not d.get("expected"):
        return _uncounted(d)
    said = [
        ngettext(
            "%(incidents)s incident (a check of one order that found something) for %(units)s "
            "units.",
            "%(incidents)s incidents (checks of one order that found something) for %(units)s "
            "units.",
            d["incidents"],
        )
        % {"incidents": number(d["incidents"]), "units": number(d["exposure"])},
        _(
            "By what is found in everybody's work of the same kind, %(expected)s would be "
            "expected: %(observed)s ÷ %(expected)s = %(ratio)s."
        )
        % {
            "expected": number(d["expected"], 1),
            "observed": number(d["observed"]),
            "ratio": number(d["ratio"], 2),
        },
    ]
    if line.value is not None:
        said.append(
            _(
                "Few errors may be luck, good or bad, so the estimate leans towards the others': "
                "%(mean)s, with %(level)s probability between %(low)s and %(high)s."
            )
            % (_range(line.low, line.high, settings, _two) | {"mean": number(line.value, 2)})
        )
    elif line.high is not None:
        said.append(
            _(
                "Most people here have hardly any errors and a few have many, so only a range can "
                "be given: with %(level)s probability between %(low)s and %(high)s."
            )
            % _range(line.low, line.high, settings, _two)
        )
    return said + _uncounted(d)


def _uncounted(details: dict[str, Any]) -> list[str]:
    count = details.get("uncounted", 0)
    if not count:
        return []
    return [
        ngettext(
            "%(count)s more incident is listed but not counted: nobody has units of that kind of "
            "work here, so none can be expected.",
            "%(count)s more incidents are listed but not counted: nobody has units of that kind of "
            "work here, so none can be expected.",
            count,
        )
        % {"count": number(count)}
    ]


def _competence(line: ScorecardLine) -> list[str]:
    d = line.details
    said = []
    if d["required"]:
        said.append(
            _("Certificates in force: %(have)s of %(need)s.")
            % {"have": number(d["certified"]), "need": number(d["required"])}
        )
    if d["quiz_max"]:
        said.append(
            _("Best quiz results: %(points)s of %(most)s points.")
            % {"points": number(d["quiz_points"]), "most": number(d["quiz_max"])}
        )
    if d["to_acknowledge"]:
        said.append(
            _("Procedures read and confirmed: %(have)s of %(need)s.")
            % {"have": number(d["acknowledged"]), "need": number(d["to_acknowledge"])}
        )
    return said


def _range(
    low: float | None, high: float | None, settings: dict[str, Any], form: Any
) -> dict[str, str]:
    return {"low": form(low), "high": form(high), "level": percent(100 * settings["level"])}


def _two(value: float | None) -> str:
    return number(value, 2)


def composite(snapshot: dict[str, Any]) -> list[str]:
    """How the components make the score."""
    weights = snapshot["weights"]
    total = sum(weights[component] for component in Component)
    shares = {
        component: percent(100 * weights[component] / total) for component in map(str, Component)
    }
    said = [
        _(
            "Throughput counts %(throughput)s, quality %(quality)s, competence %(competence)s. "
            "What is missing gives its share to the others."
        )
        % shares,
        _(
            "On each scale 100 means as it should be: the percent of standard; 200 ÷ (1 + error "
            "ratio), which is 100 where errors are as expected; the percent of training in place. "
            "Throughput and quality count up to 150."
        ),
        _(
            "Speed beyond the standard counts only as far as it is likely that errors are at most "
            "%(gate)s times the expected."
        )
        % {"gate": number(weights["gate"], 2)},
    ]
    if snapshot["gated"] > 0.005:
        said.append(
            _("Here that held speed back with %(percent)s probability.")
            % {"percent": percent(100 * snapshot["gated"])}
        )
    low, high = snapshot["settings"]["cuts"]
    said.append(
        _(
            "Below %(low)s the score is below expectations, from %(high)s it exceeds them. A "
            "result is given only where its probability is at least %(level)s."
        )
        % {
            "low": number(low),
            "high": number(high),
            "level": percent(100 * snapshot["settings"]["band_level"]),
        }
    )
    return said
