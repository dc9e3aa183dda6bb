"""A small store in which every page has something to show."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from scoring.models import Review, ScoringPeriod
from tests.cast import Cast
from tests.scoring.imported import checked, open_error
from tests.scoring.made import made_card
from tests.sop import make as sop
from tests.training import make as training

BOTH = ("en", "zh-hans")
QUARTER = (dt.date(2024, 1, 1), dt.date(2024, 4, 1))


def fill(cast: Cast) -> None:
    """A procedure with its module and quiz, one attempt, an import, and scorecards."""
    learn(cast)
    bring_in(cast)
    for state in ("published", "in_review"):
        score(cast, state)


def learn(cast: Cast) -> None:
    steps = [sop.step("Scan the bin", uid=training.STEP), sop.step("Take the item")]
    # The scorecards of `made_card` name this procedure.
    draft = sop.a_draft(cast, "PK-01", steps=steps, languages=BOTH)
    release = sop.approve(cast, draft)
    sop.approve(cast, sop.translation(draft), by=cast.lena)
    page = training.a_module_page(cast, sops=(release,), quiz=training.a_quiz(cast), languages=BOTH)
    module = training.in_both_languages(cast, page)
    taking = training.take(cast.wei, module)
    taking.answer_all_right()
    taking.submit()
    training.take(cast.noor, module)
    sop.a_draft(cast, "PK-04")


def bring_in(cast: Cast) -> None:
    """An import in the ledger that leaves an open error, and one that waits with a wrong row."""
    open_error(cast.noor, cast.wei, finder=cast.pia)
    checked(by=cast.hua)


def score(cast: Cast, state: str) -> None:
    now = timezone.now()
    starts_on, ends_on = QUARTER
    period = ScoringPeriod.objects.create(
        name=f"2024-{state.replace('_', '-')}", state=state, starts_on=starts_on, ends_on=ends_on,
        created_at=now, calculated_at=now, fingerprint="f" * 64,
        published_at=now if state == "published" else None,
    )  # fmt: skip
    for person, pace in ((cast.noor, 1.4), (cast.wei, 0.6)):
        card = made_card(period, person, team=cast.pickers, pace=pace)
        signed = {"lead_signed_at": now, "lead_signed_by": cast.lena}
        Review.objects.create(
            scorecard=card, reviewer=cast.lena, lead_words="Asks before guessing. 先问再做。",
            **(signed if state == "published" else {}),
        )  # fmt: skip
