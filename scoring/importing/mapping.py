"""The mapping file: which column of an export means what.

The format is documented in docs/operations-data.md. `parse` is strict: whatever is not documented
is refused, all problems at once, each with the place in the file and what is expected there.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

VERSION = 1
ACTIVITIES = ("production", "setup", "down")
SEVERITIES = {"minor": 1, "major": 2, "critical": 3}
RULES = ("named", "own_step", "did_process", "last_maker_before_check")
TIES = ("queue", "last_listed")
DIRECTIVES = "YmdHMSfybBpIzTF"
TESTS = ("is", "not", "in", "not_in", "like", "above", "blank")


class MappingError(ValueError):
    """The mapping file can't be used; `problems` says why, one sentence each, translated."""

    def __init__(self, problems: list[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass(frozen=True)
class Condition:
    """One test of one column; `wanted` is text, a tuple of texts, a number or a bool by `test`."""

    column: str
    test: str
    wanted: Any


@dataclass(frozen=True)
class Value:
    """Where a field's content comes from: a column (perhaps translated) or a constant."""

    column: str | None = None
    constant: str | None = None
    values: Dict[str, str] | None = None
    default: str | None = None
    where: tuple[Condition, ...] = ()

    @property
    def columns(self) -> Iterator[str]:
        if self.column is not None:
            yield self.column
        for condition in self.where:
            yield condition.column


@dataclass(frozen=True)
class Section:
    """`[work]` or `[errors]`: which rows give such an event, and its fields by canonical name."""

    where: tuple[Condition, ...]
    fields: Dict[str, Value]
    key: tuple[str, ...] = ()

    @property
    def columns(self) -> Iterator[str]:
        for condition in self.where:
            yield condition.column
        for value in self.fields.values():
            yield from value.columns
        yield from self.key


@dataclass(frozen=True)
class Attribution:
    """How an error of this source finds its maker; see docs/operations-data.md for each rule."""

    rules: tuple[str, ...] = ("named",)
    inspection_processes: tuple[str, ...] = ()
    not_making: tuple[str, ...] = ()
    ties: str = "queue"


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file, checked."""

    zone: str
    formats: tuple[str, ...]
    site_zone: str | None = None
    system: str | None = None
    skip: tuple[Condition, ...] = ()
    work: Section | None = None
    errors: Section | None = None
    attribution: Attribution = field(default_factory=Attribution)
    text: str = ""

    @property
    def columns(self) -> list[str]:
        """Every column of the export that this mapping reads, once, in order of first mention."""
        names: dict[str, None] = {}
        for condition in self.skip:
            names[condition.column] = None
        for section in (self.work, self.errors):
            if section is not None:
                names.update(dict.fromkeys(section.columns))
        return list(names)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


# canonical field -> (required, kinds allowed): a column only, a column or constant, with conditions
WORK_FIELDS = {
    "order_ref": (False, "column"),
    "person": (True, "column"),
    "process": (True, "any"),
    "started_at": (True, "column"),
    "finished_at": (True, "column"),
    "activity": (False, "any"),
    "units": (True, "where"),
    "difficulty": (False, "any"),
}
ERROR_FIELDS = {
    "order_ref": (False, "column"),
    "process": (False, "any"),
    "error_code": (True, "any"),
    "person": (False, "column"),
    "found_by": (False, "column"),
    "found_at": (True, "column"),
    "quantity": (False, "any"),
    "severity": (False, "any"),
}
DEFAULTS = {
    "activity": Value(constant="production"),
    "difficulty": Value(constant="normal"),
    "quantity": Value(constant="1"),
    "severity": Value(constant="minor"),
}
CLOSED = {"activity": ACTIVITIES, "severity": tuple(SEVERITIES)}


def parse(text: str) -> Mapping:
    """Read a mapping file's text. Raises MappingError with every problem found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(
            [
                _(
                    "This is not a TOML file: %(error)s. Words other than plain Latin letters need "
                    "quotation marks, on both sides of the = sign."
                )
                % {"error": error}
            ]
        ) from error
    return _Reader(text).mapping(data)


def parse_bytes(content: bytes) -> Mapping:
    """Read a mapping file's bytes, which must be UTF-8 (with or without a byte-order mark)."""
    try:
        return parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MappingError([_("The mapping file is not UTF-8. Save it as UTF-8.")]) from error


class _Reader:
    """Walks the TOML document once and collects problems instead of stopping at the first."""

    def __init__(self, text: str):
        self.text = text
        self.problems: list[str] = []

    def problem(self, place: str, message: str) -> None:
        self.problems.append(f"{place}: {message}")

    def mapping(self, data: Dict[str, Any]) -> Mapping:
        known = {"version", "time", "person", "rows", "work", "errors", "attribution"}
        self.known_keys("", data, known)
        if type(data.get("version")) is not int or data["version"] != VERSION:
            self.problem("version", _("must be %(version)s.") % {"version": VERSION})
        time = self.table(data, "time", {"zone", "site_zone", "formats"}, required=True)
        person = self.table(data, "person", {"system"})
        rows = self.table(data, "rows", {"skip"})
        zone = self.zone("time.zone", time.get("zone"), required=True)
        site_zone = self.zone("time.site_zone", time.get("site_zone"))
        formats = self.formats(time.get("formats"))
        system = self.slug("person.system", person["system"]) if "system" in person else None
        skip = self.conditions("rows.skip", rows.get("skip", []))
        work = self.section(data, "work", WORK_FIELDS)
        errors = self.section(data, "errors", ERROR_FIELDS)
        if "work" not in data and "errors" not in data:
            self.problem("work, errors", _("at least one of the two sections is needed."))
        attribution = self.attribution(data, errors, work)
        if self.problems:
            raise MappingError(self.problems)
        return Mapping(
            zone=zone or "",
            site_zone=site_zone,
            formats=formats,
            system=system,
            skip=skip,
            work=work,
            errors=errors,
            attribution=attribution,
            text=self.text,
        )

    def known_keys(self, place: str, data: Dict[str, Any], known: set[str]) -> None:
        for key in data:
            if key not in known:
                where = f"{place}.{key}" if place else key
                self.problem(
                    where,
                    _("unknown. Known here: %(names)s.") % {"names": ", ".join(sorted(known))},
                )

    def table(
        self, data: Dict[str, Any], name: str, known: set[str], *, required: bool = False
    ) -> Dict[str, Any]:
        if name not in data:
            if required:
                self.problem(name, _("this section is missing."))
            return {}
        if not isinstance(data[name], dict):
            self.problem(name, _("must be a section, [%(name)s].") % {"name": name})
            return {}
        self.known_keys(name, data[name], known)
        return data[name]

    def text_of(self, place: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self.problem(place, _("must be text that is not empty."))
            return ""
        return value

    def slug(self, place: str, value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"[-a-zA-Z0-9_]{1,40}", value):
            self.problem(place, _("must be 1 to 40 Latin letters, digits, hyphens or underscores."))
            return ""
        return value

    def texts(self, place: str, value: Any, *, empty: bool = False) -> tuple[str, ...]:
        if not isinstance(value, list) or (not value and not empty):
            self.problem(place, _("must be a list of texts."))
            return ()
        return tuple(self.text_of(f"{place}[{i}]", item) for i, item in enumerate(value, 1))

    def zone(self, place: str, value: Any, *, required: bool = False) -> str | None:
        if value is None and not required:
            return None
        if not isinstance(value, str) or value not in available_timezones():
            self.problem(place, _("must be the IANA name of a time zone, such as Asia/Shanghai."))
            return None
        ZoneInfo(value)
        return value

    def formats(self, value: Any) -> tuple[str, ...]:
        formats = self.texts("time.formats", value)
        for i, text in enumerate(formats, 1):
            place = f"time.formats[{i}]"
            used = [b for a, b in _pairs(text) if a == "%"]
            unknown = [letter for letter in used if letter not in DIRECTIVES + "%"]
            if unknown or (text.endswith("%") and not text.endswith("%%")):
                self.problem(
                    place,
                    _("unknown part %(part)s. Known: %(names)s.")
                    % {
                        "part": "%" + (unknown[0] if unknown else ""),
                        "names": " ".join(f"%{x}" for x in DIRECTIVES),
                    },
                )
            elif not ({"Y", "y", "F"} & set(used)):
                self.problem(place, _("has no year (%Y)."))
        return formats

    def conditions(self, place: str, value: Any) -> tuple[Condition, ...]:
        if not isinstance(value, list):
            self.problem(place, _("must be a list of conditions."))
            return ()
        found = (self.condition(f"{place}[{i}]", item) for i, item in enumerate(value, 1))
        return tuple(condition for condition in found if condition is not None)

    def condition(self, place: str, value: Any) -> Condition | None:
        if not isinstance(value, dict) or "column" not in value:
            self.problem(place, _('must look like { column = "...", is = "..." }.'))
            return None
        column = self.text_of(f"{place}.column", value["column"])
        tests = [key for key in value if key != "column"]
        if len(tests) != 1 or tests[0] not in TESTS:
            self.problem(
                place, _("needs exactly one test of: %(names)s.") % {"names": ", ".join(TESTS)}
            )
            return None
        test, wanted = tests[0], value[tests[0]]
        place = f"{place}.{test}"
        if test in ("in", "not_in"):
            wanted = self.texts(place, wanted)
        elif test == "above":
            if type(wanted) not in (int, float):
                self.problem(place, _("must be a number."))
                return None
        elif test == "blank":
            if type(wanted) is not bool:
                self.problem(place, _("must be true or false."))
                return None
        elif not isinstance(wanted, str):
            self.problem(place, _("must be text, in quotation marks."))
            return None
        return Condition(column, test, wanted)

    def section(
        self, data: Dict[str, Any], name: str, fields: Dict[str, tuple[bool, str]]
    ) -> Section | None:
        if name not in data:
            return None
        table = self.table(data, name, set(fields) | {"where", "key"})
        values: dict[str, Value] = {}
        for field_name, (required, kind) in fields.items():
            place = f"{name}.{field_name}"
            if field_name in table:
                value = self.value(place, table[field_name], kind, field_name)
                if value is not None:
                    values[field_name] = value
            elif required:
                self.problem(place, _("is required."))
            elif field_name in DEFAULTS:
                values[field_name] = DEFAULTS[field_name]
        where = self.conditions(f"{name}.where", table.get("where", []))
        key = self.texts(f"{name}.key", table["key"]) if "key" in table else ()
        return Section(where=where, fields=values, key=key)

    def value(self, place: str, value: Any, kind: str, name: str) -> Value | None:
        if isinstance(value, str):
            return Value(column=self.text_of(place, value))
        if not isinstance(value, dict) or ("column" in value) == ("constant" in value):
            self.problem(place, _('must be "Column", { column = "..." } or { constant = "..." }.'))
            return None
        if "constant" in value:
            self.known_keys(place, value, {"constant"})
            if kind == "column":
                self.problem(place, _("must come from a column."))
                return None
            constant = value["constant"]
            if name in ("units", "quantity"):
                if type(constant) is not int or constant < 0:
                    self.problem(place, _("must be a whole number, not negative."))
                    return None
                return Value(constant=str(constant))
            text = self.text_of(f"{place}.constant", constant)
            self.closed(f"{place}.constant", name, [text])
            return Value(constant=text)
        known = {"column", "values", "default"} | ({"where"} if kind == "where" else set())
        if name in ("started_at", "finished_at", "found_at", "units", "quantity", "person"):
            known -= {"values", "default"}
        self.known_keys(place, value, known)
        translated: dict[str, str] | None = None
        if "values" in value:
            if not isinstance(value["values"], dict) or not value["values"]:
                self.problem(f"{place}.values", _("must be a table of texts."))
            else:
                translated = {
                    cell.strip(): self.text_of(f"{place}.values.{cell}", word)
                    for cell, word in value["values"].items()
                }
                self.closed(f"{place}.values", name, list(translated.values()))
        default = None
        if "default" in value:
            default = self.text_of(f"{place}.default", value["default"])
            self.closed(f"{place}.default", name, [default])
        where = self.conditions(f"{place}.where", value["where"]) if "where" in value else ()
        column = self.text_of(f"{place}.column", value["column"])
        return Value(column=column, values=translated, default=default, where=where)

    def closed(self, place: str, name: str, words: list[str]) -> None:
        for word in words:
            if name in CLOSED and word and word not in CLOSED[name]:
                self.problem(
                    place,
                    _("%(word)s is none of: %(names)s.")
                    % {"word": word, "names": ", ".join(CLOSED[name])},
                )

    def attribution(
        self, data: Dict[str, Any], errors: Section | None, work: Section | None
    ) -> Attribution:
        known = {"rules", "inspection_processes", "not_making", "ties"}
        table = self.table(data, "attribution", known)
        rules = self.texts("attribution.rules", table.get("rules", ["named"]))
        for i, rule in enumerate(rules, 1):
            if rule and rule not in RULES:
                self.problem(
                    f"attribution.rules[{i}]",
                    _("%(word)s is none of: %(names)s.")
                    % {"word": rule, "names": ", ".join(RULES)},
                )
        needs = {"named": "person", "did_process": "process"}
        if "errors" in data and "rules" in table and errors is not None:
            for rule in rules:
                if rule in needs and needs[rule] not in errors.fields:
                    self.problem(
                        f"errors.{needs[rule]}",
                        _("is required by the attribution rule %(rule)s.") % {"rule": rule},
                    )
                if rule == "own_step" and work is None:
                    self.problem("work", _("is required by the attribution rule own_step."))
        inspection = self.texts(
            "attribution.inspection_processes", table.get("inspection_processes", []), empty=True
        )
        not_making = self.texts("attribution.not_making", table.get("not_making", []), empty=True)
        ties = table.get("ties", "queue")
        if ties not in TIES:
            self.problem(
                "attribution.ties", _("must be one of: %(names)s.") % {"names": ", ".join(TIES)}
            )
        return Attribution(rules, inspection, not_making, ties)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Each % with the letter after it, `%%` taken as one pair."""
    position = 0
    while position < len(text) - 1:
        if text[position] == "%":
            yield text[position], text[position + 1]
            position += 2
        else:
            position += 1
