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
    SignIn("HY1001", "HR · 人事"),
    SignIn("HY1002", "administrator · 管理员"),
    SignIn("HY1003", "manager · 运营经理"),
    SignIn("HY1004", "approver · 审批人"),
    SignIn("HY1005", "auditor, reads only · 审计，只读"),
    SignIn("HY4001", "leads the pickers · 拣货组长"),
    SignIn("HY5001", "leads the packers · 打包组长"),
    SignIn("HY3001", "leads the listing team, in English · 商品组长（英文）"),
    SignIn(truths.GOOD_ON_HARD_ORDERS, "picks the hard orders · 专拣难单"),
    SignIn(truths.NEW_STARTER, "picker since a few weeks · 入职几周的拣货员"),
    SignIn(truths.SLOW_BUT_CAREFUL, "packs slowly and with care · 慢而细的打包员"),
    SignIn(truths.JUST_ARRIVED, "packer in the first week, everything to learn · 第一周的打包员"),
    SignIn("HY5007", "packs, in English · 打包员（英文）"),
    SignIn("HY7002", "answers customers, in English · 客服（英文）"),
)


def as_lines() -> list[str]:
    """What the command line says: number, name and part of each."""
    people = {person.number: person for person in content.people()}
    lines = ["Sign in with one of these numbers · 用以下工号登录"]
    lines += [f"Password · 密码: {PASSWORD}", ""]
    lines += [f"  {each.number}  {people[each.number].name}: {each.who}" for each in SIGN_INS]
    return [*lines, ""]
