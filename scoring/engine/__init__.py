"""Fair numbers from daily facts: pure functions, no Django, no clock, no files.

Frames in, new frames and frozen dataclasses out; inputs are never changed. Durations are integer
microseconds and counts integers until the last division, and every sum over facts is taken over
integers, so that a repeat on the same facts, in any row order, is equal to the digit.

Work facts (one row per person, process, difficulty and day):
``person, process, difficulty, day, units:int, busy_us:int, events:int``.
Error facts (the same key, charged to the maker):
``person, process, difficulty, day, incidents:int, quantity:int`` and, where severities count,
``weight, weight_sq`` (the sums of the incidents' weights and of their squares).
"""

VERSION = "1.0"
