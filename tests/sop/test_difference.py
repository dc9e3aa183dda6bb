"""What changed between two versions, by the steps' ids."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.difference import Kind, StepChange, compare, outside_steps


def step(uid: str, **values: Any) -> dict[str, Any]:
    return {"uid": uid, "title": f"Step {uid}", "expected_seconds": 10} | values


def steps(uids: str) -> list[dict[str, Any]]:
    return [step(uid) for uid in uids]


def kinds(changes: list[StepChange]) -> list[tuple[Kind, str]]:
    return [(change.kind, change.uid) for change in changes]


def test_the_same_steps_have_no_change() -> None:
    assert compare(steps("abc"), steps("abc")) == []


def test_a_new_step_does_not_move_those_behind_it() -> None:
    assert kinds(compare(steps("abc"), steps("xabc"))) == [(Kind.ADDED, "x")]


def test_a_removed_step_does_not_move_those_behind_it() -> None:
    (change,) = compare(steps("abc"), steps("bc"))
    assert (change.kind, change.was, change.now) == (Kind.REMOVED, 1, None)


@pytest.mark.parametrize(
    ("new", "moved"), [("cabd", "c"), ("bcda", "a"), ("abdc", "c"), ("dabc", "d")]
)
def test_only_the_step_that_left_its_place_is_moved(new: str, moved: str) -> None:
    changes = compare(steps("abcd"), steps(new))
    assert len(changes) == 1
    assert changes[0].kind == Kind.MOVED
    if new != "abdc":  # there either of the two may be said to have moved
        assert changes[0].uid == moved


def test_a_changed_step_names_its_fields() -> None:
    (change,) = compare([step("a")], [step("a", title="Other", expected_seconds=20)])
    assert (change.kind, change.fields) == (Kind.CHANGED, ("title", "expected time"))


def test_what_changed_besides_the_steps() -> None:
    assert outside_steps({"title": "A", "scope": ""}, {"title": "B", "scope": ""}) == ["title"]


uid_lists = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(uid_lists, uid_lists)
def test_taking_out_added_and_moved_steps_leaves_the_old_order(
    old: list[str], new: list[str]
) -> None:
    changes = compare(steps("".join(old)), steps("".join(new)))
    told = {change.uid for change in changes}
    stayed = [uid for uid in new if uid not in told]
    assert stayed == [uid for uid in old if uid in stayed]
    assert {c.uid for c in changes if c.kind == Kind.ADDED} == set(new) - set(old)
    assert {c.uid for c in changes if c.kind == Kind.REMOVED} == set(old) - set(new)


@given(st.permutations("abcdef"))
def test_as_few_steps_as_possible_are_moved(new: list[str]) -> None:
    changes = compare(steps("abcdef"), steps("".join(new)))

    def longest(at: int, last: str) -> int:  # plain search over all runs
        if at == len(new):
            return 0
        skip = longest(at + 1, last)
        return max(skip, 1 + longest(at + 1, new[at])) if new[at] > last else skip

    assert len(changes) == len(new) - longest(0, "")
