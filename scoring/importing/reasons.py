"""Why a row is rejected, and what mends it, in the reader's language.

The rejected rows are kept with a reason's code and its parameters; the sentence is made when it is
shown, so that two people read the same list in two languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Reason:
    """A title for counts, and two sentences with %(name)s parameters: what is wrong, what to do."""

    title: Promise
    wrong: Promise
    mend: Promise


REASONS: dict[str, Reason] = {
    "required": Reason(_("empty cell"), _("The cell is empty."), _("Fill it in.")),
    "not_a_number": Reason(
        _("no number"), _("This is not a number."), _("Write digits only, such as 12.")
    ),
    "negative": Reason(
        _("negative number"), _("The number is negative."), _("Write 0 or a number above it.")
    ),
    "not_positive": Reason(
        _("zero"),
        _("The number is 0."),
        _("Write at least 1, or leave such rows out by a condition in the mapping."),
    ),
    "not_whole": Reason(
        _("no whole number"), _("This is not a whole number."), _("Write a whole number of units.")
    ),
    "too_large": Reason(
        _("number too large"),
        _("The number is above %(largest)s."),
        _("Check whether another column slipped in here."),
    ),
    "not_a_time": Reason(
        _("no date and time"),
        _("This is no date and time in the formats of the mapping (%(formats)s)."),
        _("Correct the date, or add its format to the mapping."),
    ),
    "no_such_hour": Reason(
        _("time that does not exist"),
        _("This time does not exist in %(zone)s: the clocks skip it on that day."),
        _("Correct the time, or the time zone in the mapping."),
    ),
    "too_early": Reason(
        _("date before 2000"), _("The date lies before 2000."), _("Correct the date.")
    ),
    "in_the_future": Reason(
        _("time in the future"),
        _("The time lies in the future."),
        _("Correct the time, or the time zone in the mapping."),
    ),
    "not_after_start": Reason(
        _("no duration"),
        _("The work ends when it starts, or before (start %(start)s)."),
        _("Correct the start or the end."),
    ),
    "unknown_value": Reason(
        _("unknown value"),
        _("The mapping does not know this value. It knows: %(known)s."),
        _("Correct the cell, or add the value to the mapping."),
    ),
    "too_long": Reason(
        _("text too long"),
        _("The text is longer than %(longest)s characters."),
        _("Check whether another column slipped in here."),
    ),
    "unknown_person": Reason(
        _("unknown person"),
        _("Nobody has this account in %(system)s."),
        _("Link the account to a person, or import with new people allowed."),
    ),
    "nobody_then": Reason(
        _("account of nobody on that day"),
        _("Nobody held this account in %(system)s on %(day)s."),
        _("Check the dates of the account, or the date in the row."),
    ),
    "duplicate": Reason(
        _("repeated row"), _("The row repeats line %(line)s."), _("Nothing to do: it counts once.")
    ),
    "conflict": Reason(
        _("same key, other content"),
        _("The row has the same key as line %(line)s, but says something else."),
        _("Keep the right one of the two."),
    ),
    "changed": Reason(
        _("imported before with other content"),
        _("This event was imported before with other content (import of %(import)s)."),
        _("To correct it, replace that import by a file with the right content."),
    ),
}


def sentence(code: str, params: dict[str, Any]) -> tuple[str, str]:
    """(what is wrong, what mends it) in the active language."""
    reason = REASONS[code]
    return str(reason.wrong) % params, str(reason.mend) % params
