"""Scorecards as files: one PDF a person, an index in XLSX, a zip of all."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from kit import pdf
from kit.models import Job
from kit.tables import write_xlsx
from people.audit import record
from people.models import User
from scoring import words
from scoring.models import Component, Scorecard, ScoringPeriod
from scoring.presenting import CardPage, absolute

STYLESHEETS = ("scoring/card-pdf.css",)
INDEX = "index.xlsx"
Progress = Callable[[int, int, str], Any]


class NothingToExport(Exception):
    """The period has no scorecards yet."""


def html_of(card: Scorecard) -> str:
    """The card as a document, in the language of its person."""
    with translation.override(card.person.language):
        page = CardPage(card)
        context = {
            "page": page,
            "card": card,
            "address": absolute(card.get_absolute_url()),
            "printed_at": timezone.localtime(),
        }
        return render_to_string("scoring/card/pdf.html", context)


def file_name(card: Scorecard) -> str:
    """`W017-王喆-2026-Q1.pdf`: the number first, so that names may be alike."""
    person = card.person
    parts = [person.employee_number, person.name, card.period.name]
    return get_valid_filename("-".join(parts).replace("..", ".")) + ".pdf"


def export_scorecards(
    *, period: ScoringPeriod, folder: Path, by: User | None, progress: Progress
) -> int:
    """Write one PDF for each current card and the index into `folder`; how many cards.

    PDFs are made on every core. Raises NothingToExport and `kit.pdf.NotAvailable`.
    """
    cards = list(
        period.scorecards.current()
        .select_related("person", "team", "period")
        .prefetch_related("lines")
        .defer("evidence")
        .order_by("person__employee_number")
    )
    if not cards:
        raise NothingToExport(
            _("%(period)s has no scorecards yet. Calculate it first.") % {"period": period.name}
        )
    if missing := pdf.available():
        raise pdf.NotAvailable(missing)
    folder.mkdir(parents=True, exist_ok=True)
    for done, (card, content) in enumerate(_rendered(cards)):
        (folder / file_name(card)).write_bytes(content)
        progress(done + 1, len(cards), _("Making PDFs"))
    write_xlsx(folder / INDEX, {period.name: index_of(cards)})
    record(by=by, verb="period.exported", target=period, cards=len(cards))
    return len(cards)


def _rendered(cards: list[Scorecard]) -> Iterator[tuple[Scorecard, bytes]]:
    documents = [html_of(card) for card in cards]
    return zip(cards, pdf.render_all(documents, stylesheets=STYLESHEETS), strict=True)


def index_of(cards: list[Scorecard]) -> pd.DataFrame:
    """One row a card, in the active language; numbers as numbers, unrounded."""
    rows = []
    for card in cards:
        lines = {line.component: line for line in card.lines.all()}
        speed, care, skill = (lines[component] for component in Component)
        rows.append(
            {
                _("Employee number"): card.person.employee_number,
                _("Name"): card.person.name,
                _("Team"): card.team.name if card.team else "",
                _("Result"): words.verdict(card),
                _("Probability"): card.probability,
                _("Score"): card.score,
                _("Score from"): card.low,
                _("Score to"): card.high,
                _("Percent of standard"): speed.value,
                _("Percent from"): speed.low,
                _("Percent to"): speed.high,
                _("Error ratio"): care.value,
                _("Ratio from"): care.low,
                _("Ratio to"): care.high,
                _("Competence"): skill.value,
                _("Version"): card.version,
                _("Fingerprint"): card.content_sha256,
                _("File"): file_name(card),
            }
        )
    return pd.DataFrame(rows)


def zip_path(job: Job) -> Path:
    """Where the job's zip is kept; never served but through the permission check."""
    return Path(settings.HANDRAIL_FILES_DIR) / "scorecards" / f"{job.pk}.zip"


def export_zip(*, period: ScoringPeriod, job: Job, by: User | None, progress: Progress) -> int:
    """Everybody's PDF and the index as one zip, complete or not there."""
    target = zip_path(job)
    folder = target.with_suffix(".making")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        count = export_scorecards(period=period, folder=folder, by=by, progress=progress)
        packed = folder.with_suffix(".packing")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(folder.iterdir()):
                archive.write(path, path.name)
        packed.replace(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return count
