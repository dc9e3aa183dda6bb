"""The demo's content holds together: every reference leads somewhere, in both languages."""

import re
from collections import Counter

import pytest
from PIL import Image

from portal.demo import content, operations
from sop.choices import RiskLevel, ValueClass, WarningLevel

PROCEDURES = content.procedures()
MODULES = content.modules()
STEPS = [(p, step) for p in PROCEDURES for steps in p.steps for step in steps]
HAN = re.compile(r"[\u4e00-\u9fff]")
# A half-width mark between two Chinese characters is a slip of the input method.
SLIP = re.compile(r"[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]")


def texts(node):
    """Every Text below a content object."""
    if isinstance(node, content.Text):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from texts(item)
    elif hasattr(node, "__dataclass_fields__"):
        for name in node.__dataclass_fields__:
            yield from texts(getattr(node, name))


def test_there_are_twelve_procedures_and_eight_modules_and_sixty_people():
    assert len(PROCEDURES) == 12
    assert len(MODULES) == 8
    assert len(content.people()) == 60


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda p: p.code)
def test_a_procedure_can_be_followed(procedure):
    store = content.store()
    assert procedure.team in {team.slug for team in store.teams}
    assert set(procedure.roles) <= {role.slug for role in store.roles}
    assert procedure.risk_level in RiskLevel.values
    assert procedure.review_interval_months > 0
    for steps in procedure.steps:
        assert 6 <= len(steps) <= 12
        assert len({step.key for step in steps}) == len(steps)
    for step in procedure.steps[-1]:
        assert step.role in {role.slug for role in store.roles}
        assert step.value_class in ValueClass.values
        assert step.warning_level in WarningLevel.values
        assert step.expected_seconds > 0
        assert set(step.error_codes) <= {code.code for code in store.codes}


@pytest.mark.parametrize("procedure", PROCEDURES, ids=lambda p: p.code)
def test_each_later_release_differs_and_is_younger(procedure):
    for earlier, later in zip(procedure.steps, procedure.steps[1:], strict=False):
        assert earlier != later
    days = [release.days_ago for release in procedure.releases]
    assert days == sorted(days, reverse=True)
    assert [r.number for r in procedure.releases] == sorted({r.number for r in procedure.releases})


def test_each_error_code_is_prevented_by_a_step():
    prevented = {code for _, step in STEPS for code in step.error_codes}
    assert prevented == {code.code for code in content.store().codes}


def test_an_error_leads_to_a_step_of_the_process_it_is_counted_in():
    """The first step by SOP code and order is the one that a scorecard names."""
    roles = {name: process.role for name, process in operations.PROCESSES.items()}
    first = {}
    for procedure in PROCEDURES:
        for step in procedure.steps[-1]:
            for code in step.error_codes:
                first.setdefault(code, procedure)
    for code in content.store().codes:
        assert roles[code.process] in first[code.code].roles, code.code


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.slug)
def test_a_module_teaches_what_its_quiz_asks(module):
    keys = {p.code: {step.key for step in p.steps[-1]} for p in PROCEDURES}
    assert set(module.sops) <= set(keys)
    assert 2 <= len(module.lessons) <= 5
    assert {lesson.sop for lesson in module.lessons} == set(module.sops)
    assert all(lesson.step in keys[lesson.sop] for lesson in module.lessons)
    assert 6 <= len(module.questions) <= 10
    for question in module.questions:
        assert question.sop in module.sops
        assert question.step in keys[question.sop]
        right = sum(option.correct for option in question.options)
        assert right >= 1
        if question.kind != "multiple":
            assert right == 1
        if question.kind == "true_false":
            assert [option.text.en for option in question.options] == ["True", "False"]
        assert all(option.why.en and option.why.zh for option in question.options)


def test_a_module_has_more_than_one_type_of_question():
    for module in MODULES:
        assert len({question.kind for question in module.questions}) >= 2


@pytest.mark.parametrize("node", [content.store(), *PROCEDURES, *MODULES])
def test_every_text_is_there_in_both_languages(node):
    for text in texts(node):
        assert text.en
        assert text.zh
        assert not HAN.search(text.en), text.en
        assert not SLIP.search(text.zh), text.zh
        assert "  " not in text.en, text.en


def test_each_picture_is_used_small_and_described():
    used = {step.picture for _, step in STEPS if step.picture}
    files = {path.stem for path in content.PICTURES.glob("*.png")}
    assert used == files == set(content.pictures())
    assert files == {path.stem for path in (content.PICTURES / "src").glob("*.svg")}
    assert len(files) >= 10
    for name in files:
        path = content.PICTURES / f"{name}.png"
        assert path.stat().st_size < 40_000
        with Image.open(path) as picture:
            assert picture.size == (800, 500)


def test_each_team_has_one_lead_and_a_badge_has_one_holder_at_a_time():
    people = content.people()
    teams = Counter(person.team for person in people if person.position == "lead")
    working = {team.slug for team in content.store().teams if team.prefix}
    assert teams == dict.fromkeys(working, 1)
    held = Counter()
    for person in people:
        for badge in filter(None, [person.badge, person.login]):
            held.update(
                (badge, day) for day in range(person.left_days_ago or 0, person.hired_days_ago)
            )
    assert max(held.values()) == 1
    given = [badge for person in people for badge in (person.badge, person.login) if badge]
    assert len(set(given)) == len(given) - 1  # one badge was given back and used again
