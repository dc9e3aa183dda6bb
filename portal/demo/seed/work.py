"""Ninety days of operations, exported by three systems and brought in by HR, month by month."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from portal.demo import content, exports, operations
from portal.demo.seed.stage import Stage
from scoring.models import OperationsImport
from scoring.services import imports

HR = "HY1001"
DAYS = 90
SMALL_SCALE = 0.12


def build(stage: Stage) -> int:
    """Returns how many files were brought in; those that are in already are left alone."""
    first = stage.day(DAYS)
    wanted = exports.file_names(first, stage.today)
    taken = OperationsImport.objects.filter(state=OperationsImport.State.COMMITTED)
    known = set(taken.values_list("filename", flat=True))
    if known.issuperset(name for names in wanted.values() for name in names):
        return 0
    staff = content.people()
    made = operations.simulate(
        staff,
        seed=stage.seed,
        end=stage.today,
        days=DAYS,
        scale=SMALL_SCALE if stage.small else 1.0,
    )
    files = exports.write(made, staff, stage.folder, seed=stage.seed)
    # As HR does it: the month's three files on the morning after its last day.
    rounds = zip(*(files[source] for source in exports.SOURCES), strict=True)
    added = 0
    for last, paths in zip(exports.last_days(first, stage.today), rounds, strict=True):
        for place, (source, path) in enumerate(zip(exports.SOURCES, paths, strict=True)):
            if path.name not in known:
                ago = (stage.today - last).days - 1
                _take(stage, source, path, stage.at(ago, 8, 10 + 5 * place))
                added += 1
    return added


def _take(stage: Stage, source: str, path: Path, at: dt.datetime) -> None:
    hr = stage.person(HR)
    mapping = imports.use_mapping(
        source=source, text=exports.mapping_path(source).read_text("utf-8"), by=hr, at=at
    )
    item = imports.receive(path=path, filename=path.name, mapping=mapping, by=hr, at=at)
    imports.commit(item=item, by=hr, at=at)
