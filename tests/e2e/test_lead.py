"""A team lead's journey: change a step, hand it in, have it approved, see it reach the staff."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from people import groups, services
from people.models import User
from sop.models import SOPRelease
from tests.browser import DESK, PHONE, Visit, Visitor
from tests.cast import Cast
from tests.sop import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def change_first_step(lead: Visit, title: str, summary: str) -> None:
    """From the list of what she writes into the editor, and hand it in from there."""
    page = lead.page
    page.get_by_role("link", name="Write", exact=True).click()
    page.locator("main").get_by_role("link", name="Pick an order").click()
    steps = page.locator("#panel-child-content-steps-section, [data-contentpath='steps']").first
    steps.get_by_role("textbox", name="Title").first.fill(title)
    page.get_by_label("What changed").fill(summary)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Hand in for approval").click()
    expect(page.get_by_text("submitted")).to_be_visible()


def test_a_change_reaches_the_staff_after_another_has_approved_it(
    cast: Cast, visit: Visitor
) -> None:
    """Even where the lead is an approver too."""
    make.a_release(cast)
    services.set_groups(person=cast.lena, names={groups.APPROVERS}, by=cast.ada)
    lead = visit("/", person=cast.lena, width=DESK)
    change_first_step(lead, "Scan the shelf label twice", "The label is scanned twice.")

    staff = visit("/sop/PK-03/", person=cast.noor, width=PHONE)
    expect(staff.page.get_by_text("twice")).to_have_count(0)

    lead.page.goto(staff.page.url.replace("PK-03", "reviews"))
    expect(lead.page.locator("main").get_by_text("not yours to decide")).to_be_visible()

    approver = visit("/", person=cast.ping, width=DESK)
    approver.page.locator("main").get_by_role("link", name="Pick an order").click()
    expect(approver.page.get_by_text("changed", exact=True)).to_be_visible()
    assert approver.faults() == []
    approver.page.get_by_role("button", name="Approve").click()
    expect(approver.page.get_by_text("Nothing waits for you")).to_be_visible()

    staff.page.reload()
    expect(staff.page.get_by_role("heading", name="Scan the shelf label twice")).to_be_visible()
    expect(staff.page.get_by_text("The label is scanned twice.")).to_be_visible()
    assert staff.faults() == []
    assert SOPRelease.objects.get(major=2).approved_by == User.objects.get(pk=cast.ping.pk)


def test_what_the_approver_sends_back_stays_a_draft(cast: Cast, visit: Visitor) -> None:
    make.a_release(cast)
    lead = visit("/", person=cast.lena, width=DESK)
    change_first_step(lead, "Don't scan", "Scanning is skipped.")
    approver = visit("/sop/reviews/", person=cast.ping, width=PHONE)
    approver.page.locator("main").get_by_role("link", name="Pick an order").click()
    approver.page.get_by_role("button", name="Ask for changes").click()
    expect(approver.page.locator(".field__error, .errorlist").first).to_be_visible()
    approver.page.get_by_label("Comment").fill("We scan every label.")
    approver.page.get_by_role("button", name="Ask for changes").click()

    lead.page.goto(approver.page.url.split("/sop")[0] + "/sop/writing/")
    expect(lead.page.locator("main").get_by_text("We scan every label.")).to_be_visible()
    assert lead.faults() == []
    staff = visit("/sop/PK-03/", person=cast.noor, width=PHONE)
    expect(staff.page.get_by_text("Don't scan")).to_have_count(0)
    assert SOPRelease.objects.count() == 1
