"""Training: modules and quizzes, and a year of people who read, learn, pass and sometimes fail."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from people.models import User
from people.queries import lead_of
from portal.demo import content, truths
from portal.demo.content import Employee, Question, Text
from portal.demo.content import Module as ModuleText
from portal.demo.seed.procedures import APPROVER, chosen, lead_of_team
from portal.demo.seed.stage import LANGUAGES, Stage, html, uid
from sop import services as sop_services
from sop.models import SOPRelease
from training import services
from training.models import Assignment, Module, ModulePage

APPROVED_DAYS_AGO = 338
RUN_EVERY_DAYS = 5  # the daily run for renewals, as often as it matters here
DUE_DAYS = 10
# Whoever has a duty younger than this may still have it open; older ones are done.
STILL_OPEN_DAYS = 35
PASSES = 0.84
# What leads asked of single people: who, which module, due in how many days, and why.
ASKED = (
    (
        truths.NEW_STARTER,
        "outbound-check",
        6,
        Text("You help at the check stations from next week.", "下周起去复核台支援。"),
    ),
    ("HY6003", "wave-picking", 12, Text("Cover for the sales days.", "大促期间支援拣货。")),
    ("HY7006", "returns", -2, Text("You move to after-sales in part.", "兼做一部分售后。")),
)
NEW_HERE = (truths.JUST_ARRIVED,)  # nothing read, nothing learned yet


@transaction.atomic
def build(stage: Stage) -> int:
    """Returns how many modules were added; everything after follows once, with the last of them."""
    procedures = {procedure.code for procedure in chosen(stage)}
    wanted = [module for module in content.modules() if set(module.sops) <= procedures]
    known = set(Module.objects.values_list("slug", flat=True))
    new = [module for module in wanted if module.slug not in known]
    for module in new:
        _module(stage, module)
    if new:
        _year(stage)
    return len(new)


# --- Modules ------------------------------------------------------------------


def _module(stage: Stage, module: ModuleText) -> None:
    team = stage.team(module.team)
    lead, approver = lead_of_team(stage, team), stage.person(APPROVER)
    quiz = services.create_quiz(
        team=team,
        name={code: module.title[code] for code in LANGUAGES.values()},
        questions=[_question(question) for question in module.questions],
        pass_mark=module.pass_mark,
        attempt_limit=module.attempt_limit,
        by=lead,
    )
    source = lead.language
    languages = sorted(LANGUAGES.values(), key=lambda code: code != source)
    page = services.create_module(
        slug=module.slug,
        team=team,
        texts={
            code: {
                "title": module.title[code],
                "summary": module.intro[code],
                "lessons": _lessons(module, code),
            }
            for code in languages
        },
        by=lead,
        roles=[stage.role(slug) for slug in module.roles],
        sop_keys=SOPRelease.objects.filter(code__in=module.sops)
        .order_by("code")
        .values_list("sop_key", flat=True)
        .distinct(),
        quiz=quiz,
        validity_months=module.validity_months,
        due_days=DUE_DAYS,
        source_language=source,
    )
    for place, code in enumerate(languages):
        each = ModulePage.objects.get(
            translation_key=page.translation_key, locale__language_code=code
        )
        state = sop_services.submit_for_approval(page=each, by=lead)
        sop_services.approve(
            page=each,
            by=approver,
            seen_sha256=state.content_sha256,
            at=stage.at(APPROVED_DAYS_AGO, 9 + place),
        )


def _question(question: Question) -> dict[str, Any]:
    texts = {code: question.text[code] for code in LANGUAGES.values()}
    data = {"text": texts, "step_uid": uid(question.sop, question.step)}
    if question.kind == "true_false":
        true, false = question.options
        # There are no options to comment, so the explanation is why the wrong one is wrong.
        wrong = false if true.correct else true
        return data | {
            "type": "truefalse",
            "statement_is_true": true.correct,
            "feedback": {code: wrong.why[code] for code in LANGUAGES.values()},
        }
    return data | {
        "type": question.kind,
        "choices": [
            {
                "text": {code: option.text[code] for code in LANGUAGES.values()},
                "feedback": {code: option.why[code] for code in LANGUAGES.values()},
                "correct": option.correct,
            }
            for option in question.options
        ],
    }


def _lessons(module: ModuleText, language: str) -> list[dict[str, Any]]:
    return [
        {
            "uid": uid(module.slug, str(place)),
            "title": lesson.title[language],
            "minutes": lesson.minutes,
            "body": [
                {"type": "text", "html": html(lesson.body[language])},
                {"type": "step", "step_uid": uid(lesson.sop, lesson.step)},
            ],
        }
        for place, lesson in enumerate(module.lessons)
    ]


# --- What people did with them --------------------------------------------------


def _year(stage: Stage) -> None:
    """From the modules' approval to today, in the order in which it happened."""
    _acknowledgements(stage)
    joiners = [p for p in content.people() if p.hired_days_ago < APPROVED_DAYS_AGO]
    changes = [
        ((stage.today - timezone.localdate(release.effective_from)).days, release)
        for release in SOPRelease.objects.filter(minor=0, sequence__gt=1)
    ]
    events: list[tuple[int, int, Callable[[], object]]] = [
        (APPROVED_DAYS_AGO, 0, lambda: None),
        *((person.hired_days_ago, 1, _joiner(stage, person.number)) for person in joiners),
        *((ago, 2, _retake(stage, release, ago)) for ago, release in changes),
        *(
            (ago, 3, _renewals(stage, ago))
            for ago in range(APPROVED_DAYS_AGO - 3, -1, -RUN_EVERY_DAYS)
        ),
    ]
    seen: set[int] = set()
    for _ago, _kind, event in sorted(events, key=lambda e: (-e[0], e[1])):
        event()
        _work_off(stage, seen)
    _asked(stage)


def _asked(stage: Stage) -> None:
    for number, slug, days, note in ASKED:
        module, person = Module.objects.filter(slug=slug).first(), stage.person(number)
        if module is not None:
            services.assign(
                person=person,
                module=module,
                by=lead_of(person, stage.today),
                due_on=stage.today + dt.timedelta(days=days),
                note=note[person.language],
                at=stage.at(9),
            )


def _joiner(stage: Stage, number: str) -> Callable[[], object]:
    def join() -> None:
        person = stage.person(number)
        if person.left_on is not None:
            return
        for holding in person.role_holdings.select_related("role").order_by("pk"):
            services.assign_for_role(
                person=person,
                role=holding.role,
                starts_on=holding.starts_on,
                by=None,
                at=timezone.make_aware(dt.datetime.combine(holding.starts_on, dt.time(8))),
            )

    return join


def _retake(stage: Stage, release: SOPRelease, ago: int) -> Callable[[], object]:
    return lambda: services.assign_for_release(
        release=release, by=release.approved_by, at=stage.at(ago, 11)
    )


def _renewals(stage: Stage, ago: int) -> Callable[[], object]:
    return lambda: services.assign_renewals(at=stage.at(ago, 6))


def _work_off(stage: Stage, seen: set[int]) -> None:
    """Everybody does what came up, sooner or later; a few of the younger duties stay open."""
    new = Assignment.objects.open().exclude(pk__in=seen)
    for duty in new.select_related("person", "module").order_by("pk"):
        seen.add(duty.pk)
        rng = random.Random(f"{stage.seed}/{duty.person.employee_number}/{duty.pk}")
        _take(stage, duty, rng)


def _take(stage: Stage, duty: Assignment, rng: random.Random) -> None:
    person = duty.person
    if person.employee_number in NEW_HERE:
        return
    assigned = timezone.localdate(duty.assigned_at)
    age = (stage.today - assigned).days
    lag = rng.choices([rng.randint(1, 7), rng.randint(8, 10), rng.randint(11, 24)], [75, 15, 10])[0]
    hesitates = age <= STILL_OPEN_DAYS and rng.random() < 0.2
    start = _moment(assigned + dt.timedelta(days=lag), rng)
    if start >= stage.at(0, 8):
        return
    version = duty.module.current
    assert version is not None  # a module is only ever assigned once it is approved
    for lesson in version.text.lessons[: 1 if hesitates else None]:
        services.finish_lesson(
            person=person, module=duty.module, lesson_uid=lesson["uid"], at=start
        )
        start += dt.timedelta(minutes=rng.randint(2, 6))
    if hesitates and rng.random() < 0.5:
        return
    # Those who stop after one try have failed it; the others go on until they pass.
    tries = 0
    while True:
        passed = not hesitates and (rng.random() < PASSES or tries >= 2)
        _attempt(duty, person, passed, start, rng)
        tries += 1
        if passed or hesitates:
            return
        start += dt.timedelta(days=1, minutes=rng.randint(0, 90))
        if start >= stage.at(0, 8):
            return


def _attempt(
    duty: Assignment, person: User, passes: bool, at: dt.datetime, rng: random.Random
) -> None:
    """One attempt: all right or one slip when it is to be passed, several slips when not."""
    attempt = services.start_attempt(assignment=duty, by=person, at=at, rng=rng)
    count = len(attempt.questions)
    spare = count * (100 - attempt.pass_mark) // 100
    slips = rng.randint(0, spare) if passes else spare + 1 + rng.randint(0, 1)
    missed = set(rng.sample(range(count), slips))
    for place, question in enumerate(attempt.questions):
        at += dt.timedelta(seconds=rng.randint(12, 55))
        right = [choice["key"] for choice in question["choices"] if choice["correct"]]
        wrong = [choice["key"] for choice in question["choices"] if not choice["correct"]]
        values = [rng.choice(wrong)] if place in missed else right
        services.save_answer(
            attempt=attempt,
            question_key=question["key"],
            values=values,
            client_key=f"demo-{place}",
            by=person,
            at=at,
        )
    services.submit_attempt(attempt=attempt, by=person, at=at + dt.timedelta(seconds=20))


def _moment(day: dt.date, rng: random.Random) -> dt.datetime:
    return timezone.make_aware(
        dt.datetime.combine(day, dt.time(rng.randint(8, 17), rng.randint(0, 59)))
    )


# --- What people have read ------------------------------------------------------


def _acknowledgements(stage: Stage) -> None:
    """Each person reads the releases of the own roles, some days after they began to hold."""
    releases: dict[str, list[SOPRelease]] = {}
    for release in SOPRelease.objects.order_by("code", "sequence").prefetch_related("roles"):
        releases.setdefault(release.code, []).append(release)
    for employee in content.people():
        if employee.left_days_ago is not None or employee.number in NEW_HERE:
            continue
        with transaction.atomic():
            for code, history in releases.items():
                if set(employee.roles) & {role.slug for role in history[-1].roles.all()}:
                    rng = random.Random(f"{stage.seed}/{employee.number}/{code}")
                    _read(stage, employee, history, rng)


def _read(stage: Stage, employee: Employee, history: list[SOPRelease], rng: random.Random) -> None:
    person = stage.person(employee.number)
    joined = stage.at(employee.hired_days_ago)
    asking = [max(history[0].effective_from, joined)]
    asking += [r.effective_from for r in history[1:] if r.minor == 0 and r.effective_from > joined]
    for since in asking:
        young = (stage.at(0) - since).days <= STILL_OPEN_DAYS
        when = since + dt.timedelta(days=rng.randint(0, 6), minutes=rng.randint(10, 400))
        if when >= stage.at(0, 8) or (young and rng.random() < 0.2):
            continue
        in_force = [release for release in history if release.effective_from <= when][-1]
        services.acknowledge(person=person, release=in_force, at=when)
