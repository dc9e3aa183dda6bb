"""Headings that are understood, in English and Chinese."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

NAMES = {
    "employee_number": (
        "employee number", "employee no", "employee id", "staff number", "staff id", "number",
        "工号", "员工编号", "员工号", "人员编号", "职工号",
    ),
    "name": ("name", "full name", "employee name", "姓名", "员工姓名", "名字"),
    "email": (
        "email", "e mail", "mail", "e mail address", "email address",
        "邮箱", "电子邮箱", "邮件", "电子邮件",
    ),
    "language": ("language", "语言", "界面语言"),
    "team": ("team", "department", "group", "班组", "部门", "团队", "小组", "组别"),
    "lead": ("lead", "team lead", "leads the team", "leader", "组长", "是否组长", "班组长"),
    "roles": ("role", "roles", "position", "job", "岗位", "职位", "角色", "工种"),
    "hired_on": (
        "hired on", "hire date", "first day", "start date", "joined",
        "入职日期", "入职时间", "到岗日期",
    ),
    "last_day": (
        "last day", "last working day", "last day of work", "离职日期", "最后工作日", "离职时间",
    ),
    "joined_on": ("in team since", "team since", "role since", "入组日期", "调岗日期", "到组日期"),
    "accounts_from": ("accounts from", "badge from", "账号启用日期", "工牌启用日期"),
}  # fmt: skip
ALIASES = {alias: field_name for field_name, aliases in NAMES.items() for alias in aliases}
# "WMS badge", "wms 账号", "account oms", "账号 oms" name the column of a system's account.
ACCOUNT_WORDS = ("account", "badge", "login", "user", "账号", "帐号", "工牌", "登录名", "用户名")
SYSTEM = r"[a-z][a-z0-9_]*"
ACCOUNT = re.compile(
    rf"(?:(?P<before>{SYSTEM}) ?(?:{'|'.join(ACCOUNT_WORDS)}))"
    rf"|(?:(?:{'|'.join(ACCOUNT_WORDS)}) ?(?P<after>{SYSTEM}))"
)


@dataclass
class Columns:
    """Which heading of the file says what. `accounts` maps a system's name to its heading."""

    fields: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    # (field, first heading, second heading) where two headings say the same
    twice: list[tuple[str, str, str]] = field(default_factory=list)


def folded(heading: str) -> str:
    """Full width, case, punctuation and spacing made alike."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return " ".join(re.sub(r"[^\w]+|_+", " ", text).split())


def recognise(headings: list[str]) -> Columns:
    columns = Columns()
    for heading in headings:
        text = folded(heading)
        if name := ALIASES.get(text):
            if name in columns.fields:
                columns.twice.append((name, columns.fields[name], heading))
            columns.fields.setdefault(name, heading)
        elif match := ACCOUNT.fullmatch(text):
            system = match["before"] or match["after"]
            if system in columns.accounts:
                columns.twice.append((system, columns.accounts[system], heading))
            columns.accounts.setdefault(system, heading)
        else:
            columns.ignored.append(heading)
    return columns
