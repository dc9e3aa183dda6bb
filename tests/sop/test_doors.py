"""A draft leaves by no door of Wagtail's admin: not its title, its text, its pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from wagtail.images import get_image_model
from wagtail.models import Locale, WorkflowState
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from people.models import User
from sop import services
from sop.models import SOPPage, TeamSection
from tests.cast import Cast
from tests.sop.doors import Secret, addresses
from tests.sop.make import a_draft, a_picture, change, step

pytestmark = pytest.mark.django_db

MARKER = "Zebrano"  # what must not be shown
QUERY = "Wombat"  # what is asked for, and may be echoed
SEARCHES = (
    "/cms/pages/search/?q={q}",
    "/cms/pages/search/results/?q={q}",
    "/cms/pages/{section}/?q={q}",
    "/cms/pages/{root}/?q={q}",
    "/cms/choose-page/search/?q={q}",
    "/cms/choose-page/search/?q={q}&page_type=sop.soppage",
    "/cms/choose-page/{section}/",
    "/cms/choose-page/{section}/?page_type=sop.soppage",
    "/cms/choose-page/chosen-multiple/?id={page}",
    "/cms/api/main/pages/?search={q}",
    "/cms/api/main/pages/?type=sop.SOPPage&fields=*",
    "/cms/api/main/pages/?child_of={section}",
    "/cms/api/main/pages/?translation_of={page}",
    "/cms/api/main/pages/find/?id={page}",
    "/cms/api/main/images/?search={q}",
    "/cms/images/?q={q}",
    "/cms/images/chooser/?q={q}",
    "/cms/images/chooser/results/?q={q}",
    "/cms/images/chooser/chosen-multiple/?id={image}",
    "/cms/bulk/wagtailcore/page/delete/?id={page}",
    "/cms/bulk/wagtailcore/page/publish/?id={page}",
    "/cms/bulk/wagtailcore/page/move/?id={page}",
    "/cms/bulk/wagtailcore/page/unpublish/?id={page}",
    "/cms/bulk/wagtailimages/image/delete/?id={image}",
    "/cms/bulk/wagtailimages/image/add_tags/?id={image}",
    "/cms/reports/site-history/?object_type=&label={q}",
    "/cms/reports/workflow/?reviewable=true",
    "/sop/?q={q}",
    "/sop/SECRET-01/",
    "/sop/SECRET-01/r/1.0/",
    "/sop/SECRET-01/qr.svg",
)


@pytest.fixture
def secret(cast: Cast) -> Secret:
    """A draft of the pickers with a picture and a translation, handed in for approval."""
    picture = a_picture(f"{QUERY} {MARKER} picture", collection=cast.pickers.section.collection)
    page = a_draft(
        cast,
        "SECRET-01",
        steps=[
            step(f"{QUERY} {MARKER} step", pictures=[{"image": picture, "alt": f"{MARKER} shown"}]),
        ],
        change_summary=f"{MARKER} changed",
    )
    page = change(page, by=cast.lena, title=f"{QUERY} {MARKER} title")
    source, _created = TranslationSource.update_or_create_from_instance(page)
    chinese = Translation.objects.create(
        source=source, target_locale=Locale.objects.get(language_code="zh-hans")
    )
    chinese.save_target(user=cast.lena, publish=False)
    target = chinese.get_target_instance()
    services.submit_for_approval(page=page, by=cast.lena)
    review = WorkflowState.objects.get()
    section = page.get_parent()
    drawn = picture.get_rendition("max-165x165")
    both = [page.pk, target.pk]
    return Secret(
        page=page,
        markers=(MARKER, MARKER.lower(), drawn.file.name),
        ids={
            "page_id": both,
            "page_to_move_id": both,
            "page_pk": both,
            "object_id": both,
            "parent_page_id": [*both, section.pk],
            "destination_id": [section.pk],
            "pk": [*both, picture.pk, review.workflow_id],
            "image_id": [picture.pk],
            "document_id": [1],
            "doc_id": [1],
            "uploaded_file_id": [1],
            "session_id": [1],
            "revision_id": [page.latest_revision_id, target.latest_revision_id],
            "task_id": [review.current_task_state.task_id],
            "task_state_id": [review.current_task_state_id],
            "workflow_state_id": [review.pk],
            "workflow_pk": [review.workflow_id],
            "collection_id": [TeamSection.objects.get(team=cast.pickers).collection_id],
            "translation_source_id": [source.pk],
            "translation_id": [chinese.pk],
            "string_segment_id": list(StringSegment.objects.values_list("pk", flat=True)[:2]),
            "overridable_segment_id": [1],
            "mode": [""],
            "filter_spec": ["max-165x165"],
            "app_label": ["sop", "wagtailcore"],
            "model_name": ["soppage", "page"],
            "content_type_app_name": ["sop"],
            "content_type_model_name": ["soppage"],
            "app_name": ["sop"],
            "action": ["delete", "publish", "unpublish", "move"],
            "action_name": ["approve", "copy", "publish", "delete", "create_alias"],
        },
    )


def searches(secret: Secret) -> list[str]:
    section = secret.page.get_parent()
    values = {
        "q": QUERY,
        "page": secret.page.pk,
        "section": section.pk,
        "root": section.get_parent().pk,
        "image": secret.ids["image_id"][0],
    }
    return [address.format(**values) for address in SEARCHES]


def leaks(client: Client, address: str, secret: Secret, method: str) -> list[str]:
    """What of the secret the answer shows."""
    response = getattr(client, method)(address)
    body = b"".join(response) if response.streaming else response.content
    said = [str(message) for message in get_messages(response.wsgi_request)]
    shown = "\n".join(said) + body.decode(errors="replace") + response.headers.get("Location", "")
    return [
        f"{method} {address} {response.status_code}: {marker}"
        for marker in secret.markers
        if marker in shown
    ]


@pytest.mark.parametrize("who", ["noor", "leo", "hua", "mei", "otto"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_door_shows_a_draft_to_who_may_not_write_it(
    cast: Cast, secret: Secret, sign_in: Callable[[User], Client], who: str, method: str
) -> None:
    client = sign_in(getattr(cast, who))
    client.raise_request_exception = False
    revisions = secret.page.revisions.count()
    open_doors = [
        leak
        for address in [*addresses(secret), *searches(secret)]
        for leak in leaks(client, address, secret, method)
    ]
    assert not open_doors, "\n".join(open_doors)
    page = SOPPage.objects.get(pk=secret.page.pk)
    assert not page.live
    assert page.revisions.count() == revisions
    assert page.workflow_in_progress
    assert SOPPage.objects.count() == 2


def status(client: Client, address: str) -> int:
    response = client.get(address)
    list(response)  # a file is closed when it has been read to its end
    return response.status_code


def test_the_picture_of_a_draft_is_not_served(
    cast: Cast, secret: Secret, sign_in: Callable[[User], Client]
) -> None:
    image = get_image_model().objects.get(pk=secret.ids["image_id"][0])
    for address in (f"/media/{image.file.name}", f"/media/{image.renditions.get().file.name}"):
        for who in (cast.noor, cast.leo, cast.hua):
            assert status(sign_in(who), address) == 404
        assert status(sign_in(cast.lena), address) == 200


@pytest.mark.parametrize(
    "address",
    [
        "/cms/pages/{page}/edit/",
        "/cms/pages/{page}/history/",
        "/cms/pages/{page}/view_draft/",
        "/cms/pages/{section}/",
        "/cms/pages/search/?q={q}",
        "/cms/choose-page/{section}/",
        "/cms/api/main/pages/{page}/",
        "/cms/images/{image}/",
        "/cms/api/main/images/",
        "/cms/bulk/wagtailcore/page/delete/?id=all&childOf={section}",
    ],
)
def test_the_same_doors_are_open_to_the_teams_lead(
    cast: Cast, secret: Secret, sign_in: Callable[[User], Client], address: str
) -> None:
    values = {
        "page": secret.page.pk,
        "section": secret.page.get_parent().pk,
        "q": QUERY,
        "image": secret.ids["image_id"][0],
    }
    assert leaks(sign_in(cast.lena), address.format(**values), secret, "get")


@pytest.mark.parametrize("query", ["id=all", "id=all&childOf={root}", "id=all&childOf=x&q=Wombat"])
def test_a_bulk_action_on_everything_reaches_only_the_own_section(
    cast: Cast, secret: Secret, sign_in: Callable[[User], Client], query: str
) -> None:
    root = secret.page.get_parent().get_parent().pk
    address = f"/cms/bulk/wagtailcore/page/delete/?{query.format(root=root)}"
    assert sign_in(cast.leo).get(address).status_code == 404
