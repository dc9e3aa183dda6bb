"""What is planted in the demo's operations data, and what an honest score must therefore say.

The generator reads these values and the tests compare the scores with them; nothing else does.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """How a person works, relative to a colleague of 1.0 on the same work.

    `speed`: units an hour. `errors`: incidents for the same work. `takes_hard`: this
    person is given the hard orders. A starter begins at `first_speed` and `first_errors` of the own
    level and nears it with the time constant `ramp_days`.
    """

    speed: float = 1.0
    errors: float = 1.0
    takes_hard: bool = False
    first_speed: float = 1.0
    first_errors: float = 1.0
    ramp_days: float = 1.0


# Throughput clearly below the packers', errors clearly below too: not a bad packer.
SLOW_BUT_CAREFUL = "HY5004"
# Throughput clearly above the pickers', errors more than twice what the work explains.
FAST_BUT_CARELESS = "HY4006"
# Mostly orders of many variants and bulky ones: fewest pieces an hour of all pickers, though
# faster than the others on the same orders, and no more errors than these orders explain.
GOOD_ON_HARD_ORDERS = "HY4004"
# Hired within the 90 days, on a badge that another picker gave back: slow at first, then not.
NEW_STARTER = "HY4014"
FORMER_HOLDER_OF_THE_BADGE = "HY4013"
# Slow and careless: the one whose result lies below expectations, which takes a written reason.
BELOW_ON_BOTH = "HY5009"
# Hired so lately that nothing can be said of the work yet.
JUST_ARRIVED = "HY5011"

PEOPLE = {
    SLOW_BUT_CAREFUL: Traits(speed=0.76, errors=0.25),
    FAST_BUT_CARELESS: Traits(speed=1.24, errors=3.8),
    GOOD_ON_HARD_ORDERS: Traits(speed=1.14, errors=0.85, takes_hard=True),
    BELOW_ON_BOTH: Traits(speed=0.74, errors=2.4),
    NEW_STARTER: Traits(first_speed=0.50, first_errors=1.8, ramp_days=12.0),
    JUST_ARRIVED: Traits(first_speed=0.55, first_errors=1.5, ramp_days=12.0),
}


@dataclass(frozen=True)
class BrokenStep:
    """A step that makes everyone err: `times` as many incidents of `error_code` until mended."""

    sop: str
    step: str
    process: str
    error_code: str
    times: float
    mended_days_ago: int  # a release that changes this step came into force


# Labels printed for a whole cart get swapped, at every bench; PA-01 2.0 mends it.
BROKEN_STEP = BrokenStep("PA-01", "print-label", "packing", "WRONG_LABEL", 5.0, 26)

# Rows of the exports that no import may take, by the reason; they are spread over the files.
REPEATED_ROWS = 6
ROWS_WITHOUT_DURATION = 4
ROWS_OF_AN_UNKNOWN_BADGE = 3
ROWS_OF_NEGATIVE_UNITS = 2
BAD_WORK_ROWS = (
    REPEATED_ROWS + ROWS_WITHOUT_DURATION + ROWS_OF_AN_UNKNOWN_BADGE + ROWS_OF_NEGATIVE_UNITS
)
CANCELLED_ROWS = 40  # which the mapping leaves out
