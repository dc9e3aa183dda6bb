"""Whom one can be in the demo store. The password is the same for all and printed: it is a demo."""

from __future__ import annotations

from dataclasses import dataclass

from portal.demo import content, truths

PASSWORD = "heyu-home-demo"


@dataclass(frozen=True)
class SignIn:
    number: str
    who: str


SIGN_INS = (
    SignIn("HY1001", "HR"),
    SignIn("HY1002", "administrator"),
    SignIn("HY1003", "manager"),
    SignIn("HY1004", "approver"),
    SignIn("HY1005", "auditor (reads only)"),
    SignIn("HY4001", "leads the pickers"),
    SignIn("HY5001", "leads the packers"),
    SignIn("HY3001", "leads the listing team, in English"),
    SignIn(truths.GOOD_ON_HARD_ORDERS, "picks the hard orders"),
    SignIn(truths.NEW_STARTER, "picker since a few weeks"),
    SignIn(truths.SLOW_BUT_CAREFUL, "packs, slowly and with care"),
    SignIn(truths.JUST_ARRIVED, "packer in the first week: everything to learn"),
    SignIn("HY5007", "packs, in English"),
    SignIn("HY7002", "answers customers, in English"),
)


def as_lines() -> list[str]:
    """What the command line says: number, name and part of each."""
    people = {person.number: person for person in content.people()}
    lines = [f"Sign in with one of these numbers and the password {PASSWORD}", ""]
    lines += [f"  {each.number}  {each.who}: {people[each.number].name}" for each in SIGN_INS]
    return [*lines, ""]
