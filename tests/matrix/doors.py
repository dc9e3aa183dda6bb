"""Wagtail's own doors to a procedure that is being written.

The draft's title and first step say `SECRET`; each row names who meets these words behind the
door. Everybody else meets nothing of it, whatever the answer's status.
"""

from __future__ import annotations

from typing import Any

from sop.models import SOPPage
from tests.matrix.core import ANY, NOT_ALLOWED, OK, REFUSED, Row, World, allow
from tests.sop.make import a_draft, step

SECRET = "Zebra drill"
WRITERS = ("lead", "admin")  # of the pickers' section


def draft(world: World) -> SOPPage:
    def make() -> SOPPage:
        page = a_draft(world.cast, steps=[step(SECRET)])
        page.title = page.draft_title = SECRET
        page.save(clean=False)
        page.save_revision(user=world.cast.lena, clean=False)
        return SOPPage.objects.get(pk=page.pk)

    return world.once("secret draft", make)


def page(name: str = "page_id", **more: Any) -> Any:
    return lambda world: {name: draft(world).pk, **more}


def section(name: str = "parent_page_id") -> Any:
    return lambda world: {name: draft(world).get_parent().pk}


def revision(world: World) -> dict[str, int]:
    return {"page_id": draft(world).pk, "revision_id": draft(world).latest_revision_id}


def compare(world: World) -> tuple:
    return draft(world).pk, "earliest", "latest"


def with_draft(world: World) -> dict[str, Any]:
    """For doors without an argument: the draft has to exist."""
    draft(world)
    return {}


IN, TRY = allow(OK, *WRITERS), allow(ANY, *WRITERS)
TURNED_BACK = {"other_lead": REFUSED, "approver": REFUSED}
# Lists open for other writers too; they list nothing of this section.
LISTS = allow(OK, "lead", "other_lead", "admin") | {"approver": REFUSED}
TRY_LISTS = allow(ANY, "lead", "other_lead", "approver", "admin")
NO_API_POST = allow(NOT_ALLOWED, "lead", "other_lead", "approver", "admin")
ALL_WRITERS = allow(OK, "lead", "other_lead", "approver", "admin")


def door(route: str, says: str, kwargs: Any, get: Any = IN, post: Any = TRY, **more: Any) -> Row:
    shown = {"secret": SECRET, "shown_to": WRITERS} | more
    return Row(route, says, get, post, kwargs, **shown)


ROWS = [
    door("wagtailadmin_home", "Wagtail's first page", with_draft, ALL_WRITERS, TRY_LISTS,
         shown_to=("lead",)),
    door("wagtailadmin_explore", "The section", section()),
    door("wagtailadmin_explore_results", "The section, by script", section()),
    door("wagtailadmin_pages:search", "Search", with_draft, LISTS, TRY_LISTS,
         query="?q=zebra"),
    door("wagtailadmin_pages:search_results", "Search, by script", with_draft, LISTS, TRY_LISTS,
         query="?q=zebra"),
    door("wagtailadmin_pages:type_use", "All procedures", lambda world: with_draft(world) | {
        "content_type_app_name": "sop", "content_type_model_name": "soppage"}, LISTS, TRY_LISTS),
    door("wagtailadmin_pages:edit", "Edit", page(), writes_on_get=True),
    door("wagtailadmin_pages:preview_on_edit", "Preview while editing", page(), shown_to=()),
    door("wagtailadmin_pages:view_draft", "The draft as a page", page()),
    door("wagtailadmin_pages:history", "History", page()),
    door("wagtailadmin_pages:history_results", "History, by script", page(), shown_to=()),
    door("wagtailadmin_pages:workflow_history", "History of approvals", page()),
    door("wagtailadmin_pages:revisions_view", "An older draft", revision),
    door("wagtailadmin_pages:revisions_revert", "Go back to an older draft", revision,
         writes_on_get=True),
    door("wagtailadmin_pages:revisions_compare", "Compare drafts", compare,
         IN | TURNED_BACK, TRY | TURNED_BACK),
    door("wagtailadmin_pages:usage", "Where it is used", page()),
    door("wagtailadmin_pages:copy", "Copy", page()),
    door("wagtailadmin_pages:move", "Move", page("page_to_move_id")),
    door("wagtailadmin_pages:delete", "Delete", page()),
    door("wagtailadmin_choose_page_child", "Choose a page of the section", section()),
    door("wagtailadmin_choose_page_search", "Search for a page to choose", with_draft,
         ALL_WRITERS, TRY_LISTS, query="?q=zebra"),
    door("wagtailadmin_api:pages:listing", "Pages, by API", with_draft, ALL_WRITERS,
         NO_API_POST),
    door("wagtailadmin_api:pages:detail", "A page, by API", page("pk"), post=NO_API_POST),
    door("wagtailadmin_reports:aging_pages", "Ageing pages", with_draft, LISTS, TRY_LISTS,
         shown_to=()),
    door("wagtailadmin_reports:site_history", "What was done where", with_draft, ALL_WRITERS,
         TRY_LISTS, secret="Pick an order"),
    door("wagtailadmin_reports:workflow", "Approvals under way", with_draft, LISTS, TRY_LISTS,
         shown_to=()),
    door("wagtail_localize:submit_page_translation", "Have it translated", page()),
]  # fmt: skip
