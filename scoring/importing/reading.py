"""A table of text -> a draft of its events, and every row that can't be one, with the reason.

Pure: a table, a mapping and the time come in, new tables go out. Account names are still account
names here; resolving.py puts people in their place, since people may be made in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from scoring.importing import cells
from scoring.importing.mapping import SEVERITIES, Condition, Mapping, Section, Value
from scoring.importing.problems import LONGEST, Problems

ISO_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d")
LONGEST_ACCOUNT = 80


class MissingColumns(ValueError):
    """The file lacks columns which the mapping names; the message says which, translated."""


@dataclass(frozen=True)
class Draft:
    """A file's rows, read. `work` and `errors` still name accounts where people belong.

    `work`: line, identity, order_ref, account, process, activity, started_at, finished_at, day,
    units, difficulty. `errors`: line, identity, order_ref, process, error_code, account,
    found_by_account, found_at, day, quantity, severity, on_work. Indexed by row number.
    """

    rows: int
    skipped: int
    without_event: int
    work: pd.DataFrame
    errors: pd.DataFrame
    problems: Problems
    system: str
    source: str

    def wanted_accounts(self) -> pd.DataFrame:
        """The accounts on rows that are right so far: account, first (day), rows; by account."""
        uses = pd.concat([use[["account", "day"]] for use in self.uses()])
        counted = uses.groupby("account")["day"].agg(first="min", rows="size")
        return counted.reset_index().sort_values("account", ignore_index=True)

    def uses(self) -> list[pd.DataFrame]:
        """Each use of an account by a sound row: account, day, field; indexed by row number."""
        bad = self.problems.rows()
        uses = []
        for frame, name in (
            (self.work, "account"),
            (self.errors, "account"),
            (self.errors, "found_by_account"),
        ):
            sound = frame[~frame.index.isin(bad) & (frame[name] != "")]
            uses.append(
                pd.DataFrame(
                    {"account": sound[name], "day": sound["day"], "field": sound[f"{name}_field"]}
                )
            )
        return uses


def read_rows(
    frame: pd.DataFrame,
    lines: np.ndarray | pd.Series,
    mapping: Mapping,
    *,
    source: str,
    site_zone: str,
    now: pd.Timestamp,
    is_workbook: bool = False,
) -> Draft:
    """Read every row of a table of text by a mapping.

    `frame` holds text only; `lines` gives each row's line in the file. A workbook's date cells come
    as ISO 8601 whatever they looked like, so there that is understood too. Raises MissingColumns.
    """
    missing = [name for name in mapping.columns if name not in frame.columns]
    if missing:
        raise MissingColumns(
            _("The file lacks the column(s) %(missing)s. It has: %(found)s.")
            % {"missing": ", ".join(missing), "found": ", ".join(map(str, frame.columns))}
        )
    if is_workbook:
        mapping = replace(mapping, formats=(*mapping.formats, *ISO_FORMATS))
    reader = _Reader(frame, lines, mapping, site_zone=mapping.site_zone or site_zone, now=now)
    return reader.draft(source)


_IDENTITY = (
    "order_ref",
    "person",
    "found_by",
    "process",
    "activity",
    "started_at",
    "finished_at",
    "found_at",
    "units",
    "error_code",
    "quantity",
)


class _Reader:
    """Reads one table; holds what every step needs."""

    def __init__(
        self,
        frame: pd.DataFrame,
        lines: np.ndarray | pd.Series,
        mapping: Mapping,
        *,
        site_zone: str,
        now: pd.Timestamp,
    ):
        self.frame = frame.reset_index(drop=True)
        self.mapping = mapping
        self.site_zone = site_zone
        self.now = now
        self.problems = Problems(pd.Series(np.asarray(lines), index=self.frame.index))

    def draft(self, source: str) -> Draft:
        mapping, frame = self.mapping, self.frame
        skip = self.holding(mapping.skip, frame, any_of=True)
        kept = frame[~skip]
        is_work, is_error = self.events(mapping.work, kept), self.events(mapping.errors, kept)
        rows = kept[is_work | is_error]
        work = self.work(rows[is_work[rows.index]])
        errors = self.errors(rows[is_error[rows.index]], work)
        self.refuse_hidden_quantities(rows[~is_error[rows.index]])
        identity = self.identity(rows, work, errors)
        work["identity"], errors["identity"] = identity[work.index], identity[errors.index]
        self.refuse_repeats(rows, identity)
        return Draft(
            rows=len(frame),
            skipped=int(skip.sum()),
            without_event=len(kept) - len(rows),
            work=work,
            errors=errors,
            problems=self.problems,
            system=mapping.system or source,
            source=source,
        )

    def holding(
        self, conditions: tuple[Condition, ...], frame: pd.DataFrame, *, any_of: bool = False
    ) -> pd.Series:
        """Rows for which all (or any) conditions hold; a cell that can't be tested is noted."""
        result = pd.Series(not any_of, index=frame.index)
        for condition in conditions:
            column = frame[condition.column]
            mask, reasons = cells.holds(condition, column)
            self.problems.add(reasons, column=condition.column, values=column)
            # an untestable row is rejected, so it must not silently fall out of the events
            mask = mask | ((reasons != "") & (not any_of))
            result = result | mask if any_of else result & mask
        return result

    def events(self, section: Section | None, frame: pd.DataFrame) -> pd.Series:
        if section is None:
            return pd.Series(False, index=frame.index)
        return self.holding(section.where, frame)

    def work(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The work rows with canonical columns; problems noted."""
        section = self.mapping.work
        if section is None:
            return _empty_work()
        fields = section.fields
        started = self.time(rows, fields["started_at"])
        finished = self.time(rows, fields["finished_at"])
        column = fields["finished_at"].column or ""
        backwards = pd.Series(
            np.where((finished <= started).to_numpy(bool), "not_after_start", ""),
            index=rows.index,
            dtype="str",
        )
        starts = rows[fields["started_at"].column]
        self.problems.add(
            backwards,
            column=column,
            values=rows[column],
            params=lambda bad: ({"start": text} for text in starts[bad]),
        )
        return pd.DataFrame(
            {
                "line": self.problems.lines[rows.index],
                "order_ref": self.optional(rows, fields.get("order_ref")),
                "account": self.account(rows, fields["person"], required=True),
                "account_field": fields["person"].column,
                "process": self.word(rows, fields["process"]),
                "activity": self.word(rows, fields["activity"]),
                "started_at": started,
                "finished_at": finished,
                "day": self.day(started),
                "units": self.whole(rows, fields["units"]),
                "difficulty": self.word(rows, fields["difficulty"]),
            },
            index=rows.index,
        )

    def errors(self, rows: pd.DataFrame, work: pd.DataFrame) -> pd.DataFrame:
        """The error rows with canonical columns; problems noted."""
        section = self.mapping.errors
        if section is None:
            return _empty_errors()
        fields = section.fields
        found = self.time(rows, fields["found_at"])
        person, found_by = fields.get("person"), fields.get("found_by")
        return pd.DataFrame(
            {
                "line": self.problems.lines[rows.index],
                "order_ref": self.optional(rows, fields.get("order_ref")),
                "process": self.optional(rows, fields.get("process")),
                "error_code": self.word(rows, fields["error_code"]),
                "account": self.account(rows, person),
                "account_field": person.column if person else "",
                "found_by_account": self.account(rows, found_by),
                "found_by_account_field": found_by.column if found_by else "",
                "found_at": found,
                "day": self.day(found),
                "quantity": self.whole(rows, fields["quantity"], least=1),
                "severity": self.word(rows, fields["severity"])
                .map(SEVERITIES)
                .fillna(0)
                .astype("int64"),
                "on_work": rows.index.isin(work.index),
            },
            index=rows.index,
        )

    def day(self, moments: pd.Series) -> pd.Series:
        """The site's calendar day of each moment, as datetime64[us] at midnight."""
        return moments.dt.tz_convert(self.site_zone).dt.tz_localize(None).dt.normalize()

    def time(self, rows: pd.DataFrame, value: Value) -> pd.Series:
        column = rows[value.column]
        result, reasons = cells.times(
            column, formats=self.mapping.formats, zone=self.mapping.zone, now=self.now
        )
        params = {"formats": ", ".join(self.mapping.formats), "zone": self.mapping.zone}
        self.problems.add(reasons, column=value.column or "", values=column, params=params)
        return result

    def account(
        self, rows: pd.DataFrame, value: Value | None, *, required: bool = False
    ) -> pd.Series:
        if value is None:
            return pd.Series("", index=rows.index, dtype="str")
        names = cells.account_names(rows[value.column])
        self.check_text(rows, value, names, required=required, longest=LONGEST_ACCOUNT)
        return names

    def optional(self, rows: pd.DataFrame, value: Value | None) -> pd.Series:
        if value is None:
            return pd.Series("", index=rows.index, dtype="str")
        return self.word(rows, value, required=False)

    def word(self, rows: pd.DataFrame, value: Value, *, required: bool = True) -> pd.Series:
        """A text field: the constant, or the column's cells, translated where the mapping does."""
        if value.column is None:
            return pd.Series(value.constant, index=rows.index, dtype="str")
        column = rows[value.column]
        result = cells.words(column)
        if value.values is not None:
            translated = result.map(value.values)
            if value.default is None:
                unknown = translated.isna() & ((result != "") | required)
                known = {"known": ", ".join(value.values)}
                reasons = pd.Series(np.where(unknown, "unknown_value", ""), rows.index, dtype="str")
                self.problems.add(reasons, column=value.column, values=column, params=known)
                return translated.fillna("").astype("str")
            return translated.fillna(value.default).astype("str")
        if value.default is not None:
            result = result.where(result != "", value.default)
        self.check_text(rows, value, result, required=required)
        return result

    def check_text(
        self,
        rows: pd.DataFrame,
        value: Value,
        texts: pd.Series,
        *,
        required: bool,
        longest: int = LONGEST,
    ) -> None:
        reasons = pd.Series(
            np.select(
                [(texts == "").to_numpy(bool) & required, (texts.str.len() > longest).to_numpy()],
                ["required", "too_long"],
                default="",
            ),
            index=rows.index,
            dtype="str",
        )
        self.problems.add(
            reasons,
            column=value.column or "",
            values=rows[value.column],
            params={"longest": longest},
        )

    def whole(self, rows: pd.DataFrame, value: Value, *, least: int = 0) -> pd.Series:
        if value.column is None:
            return pd.Series(int(value.constant or 0), index=rows.index, dtype="int64")
        column = rows[value.column]
        result, reasons = cells.whole_numbers(column, least=least)
        counted = self.holding(value.where, rows)
        # an empty cell is no mistake on a row whose units don't count
        reasons = reasons.where(counted | (reasons != "required"), "")
        params = {"largest": f"{cells.LARGEST:,}"}
        self.problems.add(reasons, column=value.column, values=column, params=params)
        return result.where(counted, 0)

    def refuse_hidden_quantities(self, rows: pd.DataFrame) -> None:
        """A row that is work may say -1 rejects: no error event, but no right row either."""
        section = self.mapping.errors
        if section is None or section.fields["quantity"].column is None:
            return
        name = section.fields["quantity"].column
        _values, reasons = cells.whole_numbers(rows[name])
        self.problems.add(reasons.where(reasons != "required", ""), column=name, values=rows[name])

    def identity(self, rows: pd.DataFrame, work: pd.DataFrame, errors: pd.DataFrame) -> pd.Series:
        """What makes a row the same event as another: md5 of its key, see the documentation.

        Times enter as moments, so that another export's format doesn't make a new event.
        """
        parts: list[pd.Series] = []
        for section, frame, moments in (
            (self.mapping.work, work, ("started_at", "finished_at")),
            (self.mapping.errors, errors, ("found_at",)),
        ):
            if section is None:
                continue
            gives = rows.index.isin(frame.index)
            if section.key:
                parts += [cells.words(rows[name]).where(gives, "") for name in section.key]
                continue
            for name in _IDENTITY:
                value = section.fields.get(name)
                if value is None or value.column is None:
                    continue
                text = cells.words(rows[value.column])
                if name in moments:
                    moment = frame[name].reindex(rows.index)
                    text = moment.astype("int64").astype("str").where(moment.notna(), text)
                parts.append(text.where(gives, ""))
        return cells.digests(parts, rows.index)

    def refuse_repeats(self, rows: pd.DataFrame, identity: pd.Series) -> None:
        """Later rows with an earlier one's identity; other problems of theirs are dropped."""
        repeats = identity[identity.duplicated()]
        if repeats.empty:
            return
        first = identity.drop_duplicates()
        firsts = repeats.map(pd.Series(first.index, index=first.to_numpy()))
        used = self.mapping.columns
        content = cells.digests([cells.words(rows[name]) for name in used], rows.index)
        same = content[repeats.index].to_numpy() == content[firsts].to_numpy()
        reasons = pd.Series(
            np.where(same, "duplicate", "conflict"), index=repeats.index, dtype="str"
        )
        self.problems.forget(repeats.index)
        column = self.key_column()
        self.problems.add(
            reasons,
            column=column,
            values=rows[column],
            params=lambda bad: ({"line": int(n)} for n in self.problems.lines[firsts[bad]]),
        )

    def key_column(self) -> str:
        """The column under which a repeated row is listed: the key's, the order's, or any."""
        sections = [s for s in (self.mapping.work, self.mapping.errors) if s is not None]
        keys = [name for section in sections for name in section.key]
        orders = [s.fields["order_ref"].column or "" for s in sections if "order_ref" in s.fields]
        return (keys + orders + self.mapping.columns)[0]


def _empty_work() -> pd.DataFrame:
    text = pd.Series([], dtype="str")
    moment = pd.Series([], dtype="datetime64[us, UTC]")
    return pd.DataFrame(
        {
            "line": pd.Series([], dtype="int64"),
            "order_ref": text,
            "account": text,
            "account_field": text,
            "process": text,
            "activity": text,
            "started_at": moment,
            "finished_at": moment,
            "day": pd.Series([], dtype="datetime64[us]"),
            "units": pd.Series([], dtype="int64"),
            "difficulty": text,
        },
        index=pd.RangeIndex(0),
    )


def _empty_errors() -> pd.DataFrame:
    text = pd.Series([], dtype="str")
    number = pd.Series([], dtype="int64")
    return pd.DataFrame(
        {
            "line": number,
            "order_ref": text,
            "process": text,
            "error_code": text,
            "account": text,
            "account_field": text,
            "found_by_account": text,
            "found_by_account_field": text,
            "found_at": pd.Series([], dtype="datetime64[us, UTC]"),
            "day": pd.Series([], dtype="datetime64[us]"),
            "quantity": number,
            "severity": number,
            "on_work": pd.Series([], dtype="bool"),
        },
        index=pd.RangeIndex(0),
    )
