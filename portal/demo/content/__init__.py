"""The demo store's content: TOML files read into frozen dataclasses.

Each text is written with one sentence per line. Reading folds the lines: English ones are joined
by a space, Chinese ones by nothing; a blank line ends a paragraph, lines that begin with "- " are
a list.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    en: str
    zh: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Named:
    slug: str
    name: Text
    parent: str = ""
    prefix: str = ""
    word: str = ""  # what the export calls it


@dataclass(frozen=True)
class Code:
    code: str
    word: str
    process: str
    severity: str
    name: Text


@dataclass(frozen=True)
class Release:
    number: str
    days_ago: int
    summary: Text
    reason: Text

    @property
    def major(self) -> bool:
        return self.number.endswith(".0")


@dataclass(frozen=True)
class Step:
    key: str
    title: Text
    role: str
    instruction: Text
    warning: Text | None
    warning_level: str
    check: Text
    expected_seconds: int
    value_class: str
    error_codes: tuple[str, ...]
    picture: str


@dataclass(frozen=True)
class Procedure:
    """One SOP; `steps` holds the steps of each release, in the order of `releases`."""

    code: str
    team: str
    roles: tuple[str, ...]
    risk_level: str
    review_interval_months: int
    title: Text
    purpose: Text
    scope: Text
    releases: tuple[Release, ...]
    steps: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True)
class Lesson:
    title: Text
    minutes: int
    sop: str
    step: str  # shown after the text, as the release in force has it
    body: Text


@dataclass(frozen=True)
class Option:
    text: Text
    why: Text
    correct: bool


@dataclass(frozen=True)
class Question:
    kind: str
    text: Text
    sop: str
    step: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Module:
    slug: str
    team: str
    roles: tuple[str, ...]
    sops: tuple[str, ...]
    validity_months: int
    pass_mark: int
    attempt_limit: int
    title: Text
    intro: Text
    lessons: tuple[Lesson, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Store:
    name: Text
    teams: tuple[Named, ...]
    roles: tuple[Named, ...]
    processes: tuple[Named, ...]
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class Words:
    """What a lead writes; `reason` where a result is below, `own` what the person answers."""

    verdict: str
    said: Text
    goals: Text
    reason: Text | None
    own: Text | None


@dataclass(frozen=True)
class Reviews:
    by_verdict: dict[str, tuple[Words, ...]]
    by_person: dict[str, tuple[Words, ...]]  # by period; the last one repeats
    answers: tuple[Text, ...]


@dataclass(frozen=True)
class Employee:
    """One person of the store; days are counted back from the demo's today."""

    number: str
    name: str
    language: str
    team: str
    position: str  # lead or member
    roles: tuple[str, ...]
    group: str
    hired_days_ago: int
    left_days_ago: int | None
    badge: str
    login: str
    email: str


def fold(text: str, language: str) -> str:
    """Join the lines of each paragraph; keep blank lines and list lines apart."""
    glue = " " if language == "en" else ""
    out: list[str] = []
    for raw in text.strip().splitlines():
        line = raw.strip()
        if line and out and out[-1] and not line.startswith("- "):
            out[-1] += glue + line
        else:
            out.append(line)
    return "\n".join(out)


def _text(table: dict[str, str]) -> Text:
    return Text(**{language: fold(table[language], language) for language in LANGUAGES})


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


@cache
def store() -> Store:
    data = _read(HERE / "store.toml")

    def named(rows: list[dict[str, Any]]) -> tuple[Named, ...]:
        return tuple(
            Named(
                slug=row["slug"],
                name=_text(row["name"]),
                parent=row.get("parent", ""),
                prefix=row.get("prefix", ""),
                word=row.get("wms", row.get("desk", "")),
            )
            for row in rows
        )

    return Store(
        name=_text(data["store"]["name"]),
        teams=named(data["teams"]),
        roles=named(data["roles"]),
        processes=named(data["processes"]),
        codes=tuple(Code(**row | {"name": _text(row["name"])}) for row in data["error_codes"]),
    )


@cache
def people() -> tuple[Employee, ...]:
    with (HERE / "people.csv").open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    return tuple(
        Employee(
            **row
            | {
                "roles": tuple(row["roles"].split()),
                "hired_days_ago": int(row["hired_days_ago"]),
                "left_days_ago": int(row["left_days_ago"]) if row["left_days_ago"] else None,
            }
        )
        for row in rows
    )


@cache
def pictures() -> dict[str, Text]:
    """Alternative text of each picture by its name; the file is PICTURES / "NAME.png"."""
    return {name: _text(table) for name, table in _read(PICTURES / "pictures.toml").items()}


def _step(row: dict[str, Any]) -> Step:
    return Step(
        key=row["key"],
        title=_text(row["title"]),
        role=row["role"],
        instruction=_text(row["instruction"]),
        warning=_text(row["warning"]) if "warning" in row else None,
        warning_level=row.get("warning_level", "caution"),
        check=_text(row["check"]),
        expected_seconds=row["expected_seconds"],
        value_class=row["value_class"],
        error_codes=tuple(row["error_codes"]),
        picture=row.get("picture", ""),
    )


def _steps(rows: list[dict[str, Any]], releases: list[dict[str, Any]]) -> list[tuple[Step, ...]]:
    """The steps as each release had them: `since` names the first, `before` what changed last."""
    numbers = [release["number"] for release in releases]
    found = []
    for position in range(len(numbers)):
        present = [r for r in rows if numbers.index(r.get("since", numbers[0])) <= position]
        if position < len(numbers) - 1:
            present = [r | r.get("before", {}) for r in present]
        found.append(tuple(_step(r) for r in present))
    return found


@cache
def procedures() -> tuple[Procedure, ...]:
    found = []
    for path in sorted((HERE / "sops").glob("*.toml")):
        data = _read(path)
        found.append(
            Procedure(
                code=data["code"],
                team=data["team"],
                roles=tuple(data["roles"]),
                risk_level=data["risk_level"],
                review_interval_months=data["review_interval_months"],
                title=_text(data["title"]),
                purpose=_text(data["purpose"]),
                scope=_text(data["scope"]),
                releases=tuple(
                    Release(
                        number=row["number"],
                        days_ago=row["days_ago"],
                        summary=_text(row["summary"]),
                        reason=_text(row["reason"]),
                    )
                    for row in data["releases"]
                ),
                steps=tuple(_steps(data["steps"], data["releases"])),
            )
        )
    return tuple(found)


def _question(row: dict[str, Any]) -> Question:
    sop, step = row["checks"].split("/")
    return Question(
        kind=row["kind"],
        text=_text(row["text"]),
        sop=sop,
        step=step,
        options=tuple(
            Option(text=_text(c), why=_text(c["why"]), correct=c.get("correct", False))
            for c in row["choices"]
        ),
    )


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted((HERE / "modules").glob("*.toml")):
        data = _read(path)
        found.append(
            Module(
                slug=data["slug"],
                team=data["team"],
                roles=tuple(data["roles"]),
                sops=tuple(data["sops"]),
                validity_months=data["validity_months"],
                pass_mark=data["pass_mark"],
                attempt_limit=data["attempt_limit"],
                title=_text(data["title"]),
                intro=_text(data["intro"]),
                lessons=tuple(
                    Lesson(
                        title=_text(row["title"]),
                        minutes=row["minutes"],
                        sop=row["sop"],
                        step=row["step"],
                        body=_text(row["body"]),
                    )
                    for row in data["lessons"]
                ),
                questions=tuple(_question(row) for row in data["questions"]),
            )
        )
    return tuple(found)


def _words(verdict: str, row: dict[str, Any]) -> Words:
    return Words(
        verdict=verdict,
        said=_text(row["said"]),
        goals=_text(row["goals"]),
        reason=_text(row["reason"]) if "reason" in row else None,
        own=_text(row["own"]) if "own" in row else None,
    )


@cache
def reviews() -> Reviews:
    data = _read(HERE / "reviews.toml")
    by_verdict: dict[str, tuple[Words, ...]] = {}
    for row in data["words"]:
        verdict = row["verdict"]
        by_verdict[verdict] = (*by_verdict.get(verdict, ()), _words(verdict, row))
    return Reviews(
        by_verdict=by_verdict,
        by_person={
            number: tuple(_words("", row) for row in rows)
            for number, rows in data["people"].items()
        },
        answers=tuple(_text(row) for row in data["answers"]),
    )
