"""What a finished workflow does (`WAGTAIL_FINISH_WORKFLOW_ACTION`).

Wagtail imports this module while its own models load, so nothing here may import a model.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from wagtail.workflows import publish_workflow_state


class Finisher(Protocol):
    def __call__(self, *, task_state: Any, by: Any, at: dt.datetime) -> Any:
        """Puts `task_state.revision` in force, within the transaction of its approval."""


_finishers: dict[type, Finisher] = {}


def register(page_class: type, finisher: Finisher) -> None:
    """Says what approval does with pages of the class; called from an app's `ready()`."""
    _finishers[page_class] = finisher


def finish(workflow_state: Any, user: Any = None) -> None:
    """Hands an approved page to its finisher; a page without one publishes as Wagtail does.

    Wagtail alone would publish the latest revision. The finisher takes the approved one, and
    the task has just compared its hash with what was submitted.
    """
    page = workflow_state.content_object.specific
    finisher = _finishers.get(type(page))
    if finisher is None:
        publish_workflow_state(workflow_state, user=user)
        return
    state = workflow_state.current_task_state.specific
    finisher(task_state=state, by=user, at=state.finished_at)
