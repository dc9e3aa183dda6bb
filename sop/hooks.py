"""Where higher layers put their part of a procedure's page, so that it need not know them.

Training adds the acknowledgement box:

    @hooks.release_panel(order=10)
    def acknowledgement(request, release) -> str: ...   # `render_to_string(...)`, or ""
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from sop.models import SOPRelease

Panel = Callable[[HttpRequest, SOPRelease], str]

_panels: dict[str, tuple[int, Panel]] = {}


def release_panel(*, order: int = 100) -> Callable[[Panel], Panel]:
    """Registers a function whose HTML follows the steps of a release in force."""

    def register(panel: Panel) -> Panel:
        _panels[f"{panel.__module__}.{panel.__qualname__}"] = (order, panel)
        return panel

    return register


def release_panels(request: HttpRequest, release: SOPRelease) -> list[str]:
    """What the higher layers have to say under this release, empty ones left out."""
    ordered = sorted(_panels.items(), key=lambda item: (item[1][0], item[0]))
    drawn = (panel(request, release) for _name, (_order, panel) in ordered)
    return [html for html in drawn if html]
