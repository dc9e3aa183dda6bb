"""Who made an error: Ibis expressions from errors, work and the sources' policies to makers.

An error counts against whoever made it, never against whoever found it. The rules and their order
are each source's policy (docs/operations-data.md); what they leave open stays open, for a person
to decide. Everything here is one expression that any Ibis engine can run.
"""

from __future__ import annotations

import ibis
import pandas as pd
import pyarrow as pa
from ibis import _
from ibis.expr.types import Table

from scoring.importing.cells import like
from scoring.importing.mapping import RULES
from scoring.snapshot import Snapshot

ASSIGNED, NOBODY = "assigned", "nobody"


def attribute(work: Table, errors: Table, steps: Table, rules: Table, decisions: Table) -> Table:
    """Each error once, with its maker.

    `steps`: source, work_source, process, inspection, making (see `step_table`); `rules`: source,
    rule, priority, last_listed; `decisions`: error_event, maker.

    Gives event_id, incident, source, order_ref, error_code, quantity, severity, found_by, found_at,
    found_process, found_day, and of the maker: person, process, difficulty, day, maker_event, rule,
    people (how many the deciding rule had to choose from). Without a maker, person is "" and rule
    is "" (no rule found anybody), the rule that found several, or "nobody" (decided so).
    """
    found = _first_rule_that_decides(work, errors, steps, rules)
    makers = work.select(
        maker_event=_.event_id,
        made_process=_.process,
        made_difficulty=_.difficulty,
        made_day=_.work_day,
    )
    joined = errors.left_join(found, errors.event_id == found.error_event).drop("error_event")
    joined = joined.left_join(decisions, joined.event_id == decisions.error_event)
    decided = joined.maker.notnull()
    joined = joined.mutate(
        person=ibis.coalesce(joined.maker, joined.found_person, ""),
        rule=ibis.ifelse(
            decided,
            ibis.ifelse(joined.maker == "", NOBODY, ASSIGNED),
            ibis.coalesce(joined.found_rule, ""),
        ),
        people=ibis.coalesce(joined.found_people, 0).cast("int64"),
        # a decision for somebody else than the rule's choice does not stand on the rule's work
        step=ibis.ifelse(
            decided & (joined.maker != ibis.coalesce(joined.found_person, "")),
            ibis.null("string"),
            joined.found_step,
        ),
    ).drop("error_event")
    joined = _own_work(joined, work, steps)
    joined = joined.left_join(makers, joined.step == makers.maker_event)
    check = ibis.window(group_by=[joined.source, joined.order_ref, joined.found_at])
    return joined.select(
        event_id=joined.event_id,
        incident=ibis.ifelse(
            joined.order_ref == "", joined.event_id, joined.event_id.min().over(check)
        ),
        source=joined.source,
        order_ref=joined.order_ref,
        error_code=joined.error_code,
        quantity=joined.quantity,
        severity=joined.severity,
        found_by=joined.found_by,
        found_at=joined.found_at,
        found_process=joined.process,
        found_day=joined.work_day,
        person=joined.person,
        process=ibis.coalesce(joined.made_process, joined.process),
        difficulty=ibis.coalesce(joined.made_difficulty, ""),
        day=ibis.coalesce(joined.made_day, joined.work_day),
        maker_event=ibis.coalesce(joined.maker_event, ""),
        rule=joined.rule,
        people=joined.people,
    )


def _first_rule_that_decides(work: Table, errors: Table, steps: Table, rules: Table) -> Table:
    """error_event, found_person ("" if several), found_rule, found_step, found_people."""
    named = errors.filter(_.person != "").select(
        error_event=_.event_id,
        source=_.source,
        found_person=_.person,
        found_step=ibis.null("string"),
        found_people=ibis.literal(1, "int64"),
        found_rule=ibis.literal("named"),
    )
    tables = [
        named,
        _own_step(work, errors, steps),
        _did_process(work, errors),
        _last_maker(work, errors, steps, rules),
    ]
    results = ibis.union(*tables)
    results = results.inner_join(
        rules, [results.source == rules.source, results.found_rule == rules.rule], rname="r_{name}"
    )
    first = ibis.row_number().over(group_by=results.error_event, order_by=results.priority)
    return (
        results.mutate(place=first)
        .filter(_.place == 0)
        .select("error_event", "found_person", "found_rule", "found_step", "found_people")
    )


def _own_step(work: Table, errors: Table, steps: Table) -> Table:
    """The error stands on a row of work at a step that is no inspection."""
    work, steps = work.rename("w_{name}"), steps.rename("s_{name}")
    joined = errors.inner_join(work, errors.work_event == work.w_event_id)
    joined = joined.inner_join(
        steps,
        [
            joined.source == steps.s_source,
            joined.w_source == steps.s_work_source,
            joined.w_process == steps.s_process,
            ~steps.s_inspection,
        ],
    )
    return joined.select(
        error_event=_.event_id,
        source=_.source,
        found_person=_.w_person,
        found_step=_.w_event_id,
        found_people=ibis.literal(1, "int64"),
        found_rule=ibis.literal("own_step"),
    )


def _before(work: Table, errors: Table) -> Table:
    """Each error with each production step on its order, finished when it was found or before."""
    production = work.filter((_.activity == "production") & (_.order_ref != ""))
    production = production.rename("w_{name}")
    return errors.inner_join(
        production,
        [errors.order_ref == production.w_order_ref, production.w_finished_at <= errors.found_at],
    )


def _did_process(work: Table, errors: Table) -> Table:
    """The one person who did the error's process on that order; "" if there are several."""
    steps = _before(work, errors).filter(_.process == _.w_process)
    return _decide(steps, "did_process", keep_one=ibis.literal(False))


def _last_maker(work: Table, errors: Table, steps: Table, rules: Table) -> Table:
    """Who finished the latest making step; if several did at once, "" or the one listed last."""
    before, steps = _before(work, errors), steps.rename("s_{name}")
    before = before.inner_join(
        steps,
        [
            before.source == steps.s_source,
            before.w_source == steps.s_work_source,
            before.w_process == steps.s_process,
            steps.s_making,
        ],
    )
    latest = ibis.rank().over(group_by=before.event_id, order_by=before.w_finished_at.desc())
    before = before.mutate(place=latest).filter(_.place == 0).drop("place")
    chosen = rules.filter(_.rule == "last_maker_before_check").select(
        rule_source=_.source, last_listed=_.last_listed
    )
    before = before.inner_join(chosen, before.source == chosen.rule_source)
    return _decide(before, "last_maker_before_check", keep_one=before.last_listed)


def _decide(steps: Table, rule: str, *, keep_one: ibis.expr.types.BooleanValue) -> Table:
    """One row per error: the person of its candidate steps, "" if they are several people's.

    Where `keep_one` holds, the step listed last decides between several people.
    """
    last = ibis.window(
        group_by=steps.event_id,
        order_by=[
            steps.w_finished_at.desc(),
            steps.w_line.desc(),
            steps.w_started_at.desc(),
            steps.w_event_id.desc(),
        ],
    )
    placed = steps.mutate(place=ibis.row_number().over(last), keep_one=keep_one)
    people = placed.group_by("event_id").agg(counted=_.w_person.nunique())
    people = people.select(counted_event=_.event_id, counted=_.counted)
    one = placed.filter(_.place == 0)
    one = one.inner_join(people, one.event_id == people.counted_event)
    clear = (one.counted == 1) | one.keep_one
    return one.select(
        error_event=one.event_id,
        source=one.source,
        found_person=ibis.ifelse(clear, one.w_person, ""),
        found_step=ibis.ifelse(clear, one.w_event_id, ibis.null("string")),
        found_people=one.counted.cast("int64"),
        found_rule=ibis.literal(rule),
    )


def _own_work(errors: Table, work: Table, steps: Table) -> Table:
    """`step` filled in, for a person named or assigned, by that person's own latest work.

    On that order, at the error's process (or, where it names none or an inspection, at any step),
    finished when the error was found or before.
    """
    inspections = steps.filter(_.inspection).select(i_source=_.source, i_process=_.process)
    inspections, work = inspections.distinct(), work.rename("w_{name}")
    open_ones = errors.filter((_.person != "") & _.step.isnull() & (_.order_ref != "")).select(
        "event_id", "source", "order_ref", "process", "person", "found_at"
    )
    done = open_ones.inner_join(
        work,
        [
            open_ones.order_ref == work.w_order_ref,
            open_ones.person == work.w_person,
            work.w_finished_at <= open_ones.found_at,
        ],
    )
    done = done.left_join(
        inspections, [done.source == inspections.i_source, done.process == inspections.i_process]
    )
    done = done.filter(
        (done.process == "") | (done.process == done.w_process) | done.i_process.notnull()
    )
    latest = ibis.row_number().over(
        group_by=done.event_id,
        order_by=[done.w_finished_at.desc(), done.w_line.desc(), done.w_event_id.desc()],
    )
    own = (
        done.mutate(place=latest)
        .filter(_.place == 0)
        .select(own_event=_.event_id, own_step=_.w_event_id)
    )
    joined = errors.left_join(own, errors.event_id == own.own_event)
    return joined.mutate(step=ibis.coalesce(joined.step, joined.own_step)).drop(
        "own_event", "own_step"
    )


def step_table(processes: pd.DataFrame, snapshot: Snapshot) -> Table:
    """What each source's policy says of each process that occurs.

    `processes`: source, process (distinct, of all events). A process is an inspection or no
    making step for an error if the error's source or the work's own source says so.
    """
    rows = []
    for source, policy in sorted(snapshot.policies.items()):
        for work_source, process in processes.itertuples(index=False):
            both = [policy, snapshot.policies.get(work_source, policy)]
            inspection = _fits(process, [p for x in both for p in x.inspection_processes])
            other = _fits(process, [p for x in both for p in x.not_making])
            rows.append((source, work_source, process, inspection, not inspection and not other))
    columns = ["source", "work_source", "process", "inspection", "making"]
    return _table(rows, dict.fromkeys(columns[:3], "string") | dict.fromkeys(columns[3:], "bool"))


def rule_table(snapshot: Snapshot) -> Table:
    """Each source's rules in their order: source, rule, priority, last_listed."""
    rows = [
        (source, rule, priority, policy.ties == "last_listed")
        for source, policy in sorted(snapshot.policies.items())
        for priority, rule in enumerate(policy.rules)
        if rule in RULES
    ]
    columns = {"source": "string", "rule": "string", "priority": "int64", "last_listed": "bool"}
    return _table(rows, columns)


def decision_table(snapshot: Snapshot) -> Table:
    """What people decided: error_event, maker."""
    rows = [(d.error_event, d.maker) for d in snapshot.decisions]
    return _table(rows, {"error_event": "string", "maker": "string"})


def _table(rows: list[tuple], columns: dict[str, str]) -> Table:
    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return ibis.memtable(pa.Table.from_pylist(records, schema))


def _fits(process: str, patterns: list[str]) -> bool:
    return any(like(process, pattern) for pattern in patterns)
