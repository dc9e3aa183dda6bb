"""How long something takes, as people say it."""

from __future__ import annotations

from django.utils.translation import gettext as _


def how_long(seconds: int) -> str:
    """`45 s`, `2 min 30 s`, `1 h 5 min`: the two largest units, in the active language."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = []
    if hours:
        parts.append(_("%(n)d h") % {"n": hours})
    if minutes:
        parts.append(_("%(n)d min") % {"n": minutes})
    if left and not hours:
        parts.append(_("%(n)d s") % {"n": left})
    return " ".join(parts) or _("%(n)d s") % {"n": 0}
