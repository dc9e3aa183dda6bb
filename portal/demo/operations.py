"""Ninety days of the demo store's work and errors, simulated from one seed.

An order wave goes through review, picking, check and packing, each step done by somebody who is
there that day and free. How fast and how carefully is `truths.Traits`; everything else is chance.
Pure: the same staff, seed, end and days give the same events on every machine.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from portal.demo.content import Employee
from portal.demo.truths import BROKEN_STEP, PEOPLE, Traits

SHIFT_STARTS = 8 * 3600  # seconds of the day
WAVES_A_DAY = 138
ENQUIRIES_A_DAY = 92
RETURNS_A_DAY = 34
LISTINGS_A_DAY = 17
# Monday to Sunday, as a share of WAVES_A_DAY.
WEEKDAY = (1.18, 1.05, 1.0, 0.98, 1.04, 0.88, 0.80)
# Sales days by (month, day): 双11, 双12, 618, Women's day and what surrounds them.
SALES = {
    (3, 7): 1.2, (3, 8): 1.3, (6, 1): 1.25, (6, 16): 1.3, (6, 17): 1.4, (6, 18): 1.7,
    (6, 19): 1.4, (9, 9): 1.25, (11, 1): 1.35, (11, 2): 1.2, (11, 10): 1.3, (11, 11): 1.9,
    (11, 12): 1.7, (11, 13): 1.3, (12, 11): 1.2, (12, 12): 1.5, (12, 13): 1.3,
}  # fmt: skip
ANNIVERSARY_DAYS_AGO = {34: 1.35, 33: 1.6, 32: 1.4}  # so that each window has a peak


@dataclass(frozen=True)
class Process:
    """`seconds` for a unit of a normal order after `setup` seconds; `rates`: incidents an event."""

    seconds: float
    setup: float
    role: str
    rates: dict[str, float]
    slower: dict[str, float] = field(default_factory=dict)  # by difficulty
    riskier: dict[str, float] = field(default_factory=dict)


HARD = ("mixed", "bulky")
PROCESSES = {
    "review": Process(
        26, 30, "order-processor",
        {"ADDRESS_ERROR": 0.0080, "MISSED_REMARK": 0.0060, "WRONG_SPLIT": 0.0030},
    ),
    "picking": Process(
        40, 60, "picker",
        {"MISPICK": 0.0120, "MISSING_ITEM": 0.0100, "SHORT_NOT_REPORTED": 0.0040},
        {"bulky": 1.45, "fragile": 1.20, "mixed": 1.95},
        {"bulky": 1.2, "fragile": 1.0, "mixed": 2.2},
    ),
    "checking": Process(
        15, 40, "quality-checker", {"MISSED_DEFECT": 0.0070},
        {"bulky": 1.15, "fragile": 1.30, "mixed": 1.25}, {"mixed": 1.6, "fragile": 1.3},
    ),
    "packing": Process(
        55, 45, "packer",
        {"DAMAGED": 0.0075, "WRONG_LABEL": 0.0050, "MISSING_INSERT": 0.0070},
        {"bulky": 1.30, "fragile": 1.75, "mixed": 1.05}, {"bulky": 1.2, "fragile": 1.9},
    ),
    "listing": Process(
        430, 600, "listing-specialist", {"PRICE_ERROR": 0.010, "LISTING_ERROR": 0.026},
        {"mixed": 1.25}, {"mixed": 1.5},
    ),
    "enquiry": Process(
        62, 40, "service-agent", {"WRONG_ANSWER": 0.0090, "LATE_REPLY": 0.0140},
        {"complex": 1.5}, {"complex": 1.8},
    ),
    "after-sales": Process(
        260, 90, "after-sales-specialist", {"WRONG_REFUND": 0.0090, "RETURN_MISJUDGED": 0.0130},
        {"complex": 1.4}, {"complex": 1.7},
    ),
}  # fmt: skip
FLOW = ("review", "picking", "checking", "packing")


@dataclass(frozen=True)
class Work:
    order: str
    process: str
    person: str  # employee number
    started_at: dt.datetime  # the site's own clock, without a zone
    finished_at: dt.datetime
    units: int
    difficulty: str


@dataclass(frozen=True)
class Fault:
    order: str
    process: str
    code: str
    maker: str
    found_by: str  # employee number
    found_at: dt.datetime
    where: str  # check, scale, customer, carrier, sample
    quantity: int
    severity: str


@dataclass(frozen=True)
class Operations:
    first: dt.date
    end: dt.date
    work: tuple[Work, ...]
    faults: tuple[Fault, ...]


@dataclass
class _Worker:
    """One person on the floor; `free` is the second of the day from which on there is time."""

    number: str
    process: str
    lead: bool
    hired: dt.date
    left: dt.date | None
    traits: Traits
    rest: int  # the first of two days off in the week
    leave: set[dt.date]
    free: float = 0.0
    had_lunch: bool = False
    pace: float = 1.0

    def present(self, day: dt.date, busy: bool, chance: float) -> bool:
        if day < self.hired or (self.left and day >= self.left) or day in self.leave:
            return False
        if self.lead:
            return chance < 0.25
        off = (day.weekday() - self.rest) % 7 < 2
        return busy or not off

    def speed(self, day: dt.date) -> float:
        return self.traits.speed * (1 - (1 - self.traits.first_speed) * self._newness(day))

    def error_factor(self, day: dt.date) -> float:
        return self.traits.errors * (1 + (self.traits.first_errors - 1) * self._newness(day))

    def _newness(self, day: dt.date) -> float:
        return math.exp(-(day - self.hired).days / self.traits.ramp_days)


def simulate(
    staff: Sequence[Employee], *, seed: int, end: dt.date, days: int = 90, scale: float = 1.0
) -> Operations:
    """Work and faults of the `days` before `end` (half-open), `scale` times the usual volume.

    A fault is known only once it was found: those found on `end` or later are left out.
    """
    rng = np.random.default_rng(seed)
    first = end - dt.timedelta(days=days)
    workers = _workers(staff, rng, first, end)
    work: list[Work] = []
    faults: list[Fault] = []
    for ago in range(days, 0, -1):
        day = end - dt.timedelta(days=ago)
        peak = max(SALES.get((day.month, day.day), 1.0), ANNIVERSARY_DAYS_AGO.get(ago, 1.0))
        there = _roster(workers, day, peak > 1.3, rng)
        floor = _Day(day, ago, peak * scale, there, rng)
        floor.orders()
        floor.listings()
        floor.tickets()
        work += floor.work
        faults += floor.faults
    known = [fault for fault in faults if fault.found_at.date() < end]
    return Operations(
        first=first,
        end=end,
        work=tuple(sorted(work, key=lambda w: (w.finished_at, w.order, w.process))),
        faults=tuple(sorted(known, key=lambda f: (f.found_at, f.order, f.code))),
    )


def _workers(
    staff: Sequence[Employee], rng: np.random.Generator, first: dt.date, end: dt.date
) -> list[_Worker]:
    by_role = {process.role: name for name, process in PROCESSES.items()}
    found = []
    for place, person in enumerate(p for p in staff if p.badge or p.login):
        speed, errors = rng.normal(0, 0.07), rng.normal(0, 0.14)
        ordinary = Traits(
            speed=float(np.exp(np.clip(speed, -0.12, 0.12))),
            errors=float(np.exp(np.clip(errors, -0.25, 0.25))),
        )
        leave: set[dt.date] = set()
        for _ in range(2):
            begins = first + dt.timedelta(days=int(rng.integers((end - first).days)))
            leave |= {begins + dt.timedelta(days=n) for n in range(int(rng.integers(1, 4)))}
        found.append(
            _Worker(
                number=person.number,
                process=by_role[person.roles[0]],
                lead=person.position == "lead",
                hired=end - dt.timedelta(days=person.hired_days_ago),
                left=(
                    end - dt.timedelta(days=person.left_days_ago)
                    if person.left_days_ago is not None
                    else None
                ),
                traits=PEOPLE.get(person.number, ordinary),
                rest=(place * 3 + 4) % 7,
                leave=set() if person.number in PEOPLE else leave,
            )
        )
    return found


def _roster(
    workers: list[_Worker], day: dt.date, busy: bool, rng: np.random.Generator
) -> dict[str, list[_Worker]]:
    """Who is there, by process; each process has at least one person."""
    there: dict[str, list[_Worker]] = {name: [] for name in PROCESSES}
    spare: dict[str, list[_Worker]] = {name: [] for name in PROCESSES}
    for worker in workers:
        worker.free = SHIFT_STARTS + float(rng.integers(0, 1200))
        worker.had_lunch = False
        worker.pace = float(np.exp(rng.normal(0, 0.05)))
        here = worker.present(day, busy, float(rng.random()))
        (there if here else spare)[worker.process].append(worker)
    for name, people in there.items():
        if not people:
            employed = [w for w in spare[name] if w.hired <= day and not (w.left and day >= w.left)]
            people.append(employed[0])
    return there


@dataclass
class _Wave:
    """Orders that are picked on one walk; `ready` for the next step at that second of the day."""

    number: str
    kind: str
    parcels: int
    pieces: int
    ready: float


class _Day:
    """One day on the floor; fills `work` and `faults`."""

    def __init__(
        self,
        day: dt.date,
        ago: int,
        volume: float,
        there: dict[str, list[_Worker]],
        rng: np.random.Generator,
    ):
        self.day, self.ago, self.volume, self.there, self.rng = day, ago, volume, there, rng
        self.midnight = dt.datetime.combine(day, dt.time())
        self.work: list[Work] = []
        self.faults: list[Fault] = []

    def orders(self) -> None:
        """Waves from review to packing, each step after the one before it."""
        rng = self.rng
        count = rng.poisson(WAVES_A_DAY * WEEKDAY[self.day.weekday()] * self.volume)
        released = np.sort(rng.triangular(8.0, 10.5, 16.8, count) * 3600)
        kinds = rng.choice(
            ["normal", "bulky", "fragile", "mixed"], size=count, p=[0.54, 0.14, 0.17, 0.15]
        )
        waves = []
        for place, (ready, kind) in enumerate(zip(released, kinds, strict=True)):
            parcels = int(rng.integers(8, 23))
            pieces = parcels + int(rng.poisson(parcels * 0.45))
            # 18 digits, as platforms number their orders; a spreadsheet would spoil them
            number = f"{self.day:%Y%m%d}{place + 1:06d}{int(rng.integers(10_000)):04d}"
            waves.append(_Wave(number, str(kind), parcels, pieces, float(ready)))
        for process in FLOW:
            # whoever is ready first goes first at each step
            for wave in sorted(waves, key=lambda wave: wave.ready):
                units = wave.pieces if process in ("picking", "checking") else wave.parcels
                finish = self._do(process, wave.number, wave.kind, units, wave.ready)
                wave.ready = finish + rng.uniform(60, 420)
        self._found_at_check()

    def listings(self) -> None:
        rng = self.rng
        if self.day.weekday() > 4:
            return
        for place in range(rng.poisson(LISTINGS_A_DAY * min(self.volume, 1.2))):
            kind = "mixed" if rng.random() < 0.35 else "normal"
            number = f"SP{self.day:%y%m%d}{place + 1:03d}"
            units = int(rng.integers(1, 5)) + (2 if kind == "mixed" else 0)
            self._do("listing", number, kind, units, rng.uniform(8.2, 16.5) * 3600)

    def tickets(self) -> None:
        rng = self.rng
        volumes = {"enquiry": ENQUIRIES_A_DAY, "after-sales": RETURNS_A_DAY}
        for process, usual in volumes.items():
            count = rng.poisson(usual * self.volume)
            for place, ready in enumerate(np.sort(rng.uniform(8.5, 19.5, count) * 3600)):
                kind = "complex" if rng.random() < 0.25 else "normal"
                letter = "E" if process == "enquiry" else "R"
                number = f"{letter}-{self.day:%y%m%d}-{place + 1:04d}"
                units = int(rng.integers(2, 9)) if process == "enquiry" else int(rng.integers(1, 4))
                self._do(process, number, kind, units, float(ready))

    def _do(self, process: str, number: str, kind: str, units: int, ready: float) -> float:
        """Somebody does it; returns the second of the day at which it is finished."""
        rng, rules = self.rng, PROCESSES[process]
        worker = self._somebody(process, kind, ready)
        start = max(ready, worker.free) + rng.uniform(5, 60)
        if not worker.had_lunch and start > 11.75 * 3600:
            worker.had_lunch = True
            start = max(start, worker.free + 2700)
        seconds = (rules.setup + units * rules.seconds) * rules.slower.get(kind, 1.0)
        seconds *= math.exp(rng.normal(0, 0.2)) / (worker.speed(self.day) * worker.pace)
        finish = round(start) + max(20, round(seconds))
        worker.free = finish
        done = Work(
            number, process, worker.number, self._at(round(start)), self._at(finish), units, kind
        )
        self.work.append(done)
        self._err(done, worker, rules)
        return finish

    def _somebody(self, process: str, kind: str, ready: float) -> _Worker:
        """Whoever is free first, about; hard orders rather to whom they are given."""

        def wait(worker: _Worker) -> float:
            inclined = worker.traits.takes_hard * (-900 if kind in HARD else 480)
            return max(worker.free, ready) + inclined + float(self.rng.uniform(0, 900))

        return min(self.there[process], key=wait)

    def _err(self, done: Work, worker: _Worker, rules: Process) -> None:
        rng = self.rng
        factor = rules.riskier.get(done.difficulty, 1.0) * worker.error_factor(self.day)
        for code, rate in rules.rates.items():
            broken = code == BROKEN_STEP.error_code and self.ago > BROKEN_STEP.mended_days_ago
            if rng.random() >= rate * factor * (BROKEN_STEP.times if broken else 1.0):
                continue
            where, found_by, found_at = self._found(done)
            self.faults.append(
                Fault(
                    order=done.order,
                    process=done.process,
                    code=code,
                    maker=done.person,
                    found_by=found_by,
                    found_at=found_at.replace(microsecond=0),
                    where=where,
                    quantity=min(int(rng.geometric(0.72)), done.units),
                    severity=str(rng.choice(["minor", "major", "critical"], p=[0.7, 0.25, 0.05])),
                )
            )

    def _found(self, done: Work) -> tuple[str, str, dt.datetime]:
        """Where, by whom and when a fault comes to light."""
        rng = self.rng
        if done.process == "picking" and rng.random() < 0.75:
            return "check", "", done.finished_at  # by whom and when is known once it is checked
        if done.process == "packing" and rng.random() < 0.15:
            weigher = self._one_of("checking")
            return "scale", weigher, done.finished_at + dt.timedelta(minutes=rng.uniform(2, 25))
        clerk = self._one_of("after-sales")
        if done.process in ("listing", "enquiry", "after-sales"):
            return "sample", clerk, self._later(1, 2)
        where = "carrier" if done.process == "review" and rng.random() < 0.6 else "customer"
        return where, clerk, self._later(2, 8)

    def _found_at_check(self) -> None:
        checks = {done.order: done for done in self.work if done.process == "checking"}
        for place, fault in enumerate(self.faults):
            if fault.where == "check":
                check = checks[fault.order]
                self.faults[place] = dataclasses.replace(
                    fault, found_by=check.person, found_at=check.finished_at
                )

    def _one_of(self, process: str) -> str:
        people = self.there[process]
        return people[int(self.rng.integers(len(people)))].number

    def _later(self, low: int, high: int) -> dt.datetime:
        """By day, `low` to `high` days later."""
        days = int(self.rng.integers(low, high + 1))
        return self.midnight + dt.timedelta(
            days=days, seconds=int(self.rng.integers(8 * 3600, 20 * 3600))
        )

    def _at(self, second: int) -> dt.datetime:
        return self.midnight + dt.timedelta(seconds=second)
