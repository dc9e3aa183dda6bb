"""Procedures: written by the team's lead, approved by the approver, released in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.images import get_image_model

from people.models import Team, User
from portal.demo import content
from portal.demo.content import Procedure, Step
from portal.demo.seed.stage import LANGUAGES, Stage, html, uid
from sop import services
from sop.choices import ChangeKind
from sop.models import ErrorCode, SOPPage, SOPRelease, TeamSection

APPROVER = "HY1004"
SMALL = ("PA-01", "PK-01", "PK-02")  # what the small store has


@dataclass(frozen=True)
class _Due:
    """One release still to be made."""

    procedure: Procedure
    place: int

    @property
    def days_ago(self) -> int:
        return self.procedure.releases[self.place].days_ago


def chosen(stage: Stage) -> list[Procedure]:
    return [p for p in content.procedures() if not stage.small or p.code in SMALL]


@transaction.atomic
def build(stage: Stage) -> int:
    """Makes the releases that are not there yet, oldest first; returns how many."""
    for code in content.store().codes:
        if not ErrorCode.objects.filter(code=code.code).exists():
            services.add_error_code(
                code=code.code, name_en=code.name.en, name_zh=code.name.zh, by=None
            )
    made = {
        procedure.code: SOPRelease.objects.filter(code=procedure.code).count()
        for procedure in chosen(stage)
    }
    due = [
        _Due(procedure, place)
        for procedure in chosen(stage)
        for place in range(made[procedure.code], len(procedure.releases))
    ]
    for each in sorted(due, key=lambda d: -d.days_ago):
        _release(stage, each.procedure, each.place)
    return len(due)


def lead_of_team(stage: Stage, team: Team) -> User:
    people = content.people()
    lead = next(p for p in people if p.team == team.slug and p.position == "lead")
    return stage.person(lead.number)


def _release(stage: Stage, procedure: Procedure, place: int) -> None:
    team = stage.team(procedure.team)
    lead, approver = lead_of_team(stage, team), stage.person(APPROVER)
    release = procedure.releases[place]
    # The lead writes in the own language; the other is the translation.
    source = lead.language
    other = next(language for language in LANGUAGES.values() if language != source)
    page = SOPPage.objects.filter(code=procedure.code, locale__language_code=source).first()
    if page is None:
        page = services.create_sop(
            code=procedure.code,
            team=team,
            texts={
                language: {
                    "title": procedure.title[language],
                    "purpose": html(procedure.purpose[language]),
                    "scope": html(procedure.scope[language]),
                    "change_summary": release.summary[language],
                    "steps": _steps(procedure, place, team, language),
                }
                for language in (source, other)
            },
            roles=[stage.role(slug) for slug in procedure.roles],
            by=lead,
            source_language=source,
            process_owner=lead,
            risk_level=procedure.risk_level,
            review_months=procedure.review_interval_months,
        )
    else:
        for language in (source, other):
            page = SOPPage.objects.get(code=procedure.code, locale__language_code=language)
            text = {"steps": _steps(procedure, place, team, language)}
            services.change_sop(page=page, by=lead, text=text)
    for language in (source, other):
        page = SOPPage.objects.get(code=procedure.code, locale__language_code=language)
        state = services.submit_for_approval(
            page=page,
            by=lead,
            change_summary=release.summary[language],
            change_reason=release.reason[language],
            change_kind=ChangeKind.MAJOR if release.major else ChangeKind.MINOR,
        )
        services.approve(
            page=page,
            by=approver,
            seen_sha256=state.content_sha256,
            at=stage.at(release.days_ago, 9 if language == source else 10),
        )


def _steps(procedure: Procedure, place: int, team: Team, language: str) -> list[dict[str, Any]]:
    """The steps of one release as `create_sop` takes them."""
    return [_step(procedure, step, team, language) for step in procedure.steps[place]]


def _step(procedure: Procedure, step: Step, team: Team, language: str) -> dict[str, Any]:
    warning = step.warning
    picture = step.picture
    return {
        "uid": uid(procedure.code, step.key),
        "title": step.title[language],
        "role": step.role,
        "instruction": html(step.instruction[language]),
        "pictures": (
            [{"image": _image(picture, team), "alt": content.pictures()[picture][language]}]
            if picture
            else []
        ),
        "warnings": ([{"level": step.warning_level, "text": warning[language]}] if warning else []),
        "check": step.check[language],
        "expected_seconds": step.expected_seconds,
        "value_class": step.value_class,
        "error_codes": step.error_codes,
    }


def _image(name: str, team: Team) -> Any:
    """The picture in the team's own folder, taken in once."""
    collection = TeamSection.objects.get(team=team).collection
    model = get_image_model()
    found = model.objects.filter(title=name, collection=collection).first()
    if found is None:
        with (content.PICTURES / f"{name}.png").open("rb") as file:
            found = model(title=name, collection=collection)
            found.file = ImageFile(file, name=f"{name}.png")
            found.save()
    return found
