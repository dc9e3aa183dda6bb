"""Operations data: imports, and errors that wait for a decision."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from scoring.services import attribution
from tests.matrix.core import GO, NOT_ALLOWED, OK, Row, World, allow, everybody
from tests.scoring import imported
from tests.scoring.operations import MAPPING, csv_bytes, row

IMPORTERS = ("hr", "admin")
READERS = (*IMPORTERS, "auditor")
READ_ONLY = POST_ONLY = everybody(NOT_ALLOWED)


def item(world: World) -> dict[str, Any]:
    return {"pk": world.once("import", lambda: imported.checked(world.cast.hua)).pk}


def listing(world: World) -> dict[str, Any]:
    return item(world) | {"kind": "csv"}


def new_file(world: World) -> dict[str, Any]:
    return {
        "file": SimpleUploadedFile("wms.csv", csv_bytes(row())),
        "mapping": SimpleUploadedFile("wms.toml", MAPPING.encode()),
        "new_source": "wms",
    }


def error(world: World) -> dict[str, Any]:
    cast = world.cast
    event = world.once("error", lambda: imported.open_error(cast.noor, cast.wei, finder=cast.lena))
    return {"event": event}


def charge(world: World) -> dict[str, Any]:
    return {"who": world.cast.noor.pk, "reason": "The camera shows it."}


def decision(world: World) -> dict[str, Any]:
    def decide() -> Any:
        return attribution.assign(
            error_event=error(world)["event"],
            maker=world.cast.noor,
            reason="The camera shows it.",
            by=world.cast.lena,
            at=timezone.now(),
        )

    return {"pk": world.once("decision", decide).pk}


ROWS = [
    Row("scoring:imports", "Imports of operations data", allow(OK, *READERS), READ_ONLY),
    Row("scoring:import_new", "Import a file", allow(OK, *IMPORTERS), allow(GO, *IMPORTERS),
        data=new_file),
    Row("scoring:import", "An import", allow(OK, *READERS), READ_ONLY, item),
    Row("scoring:import_take", "Take it into the ledger", POST_ONLY, allow(GO, *IMPORTERS), item),
    Row("scoring:import_rejected", "Its rejected rows as a file", allow(OK, *READERS), READ_ONLY,
        listing),
    Row("scoring:unattributed", "Errors without a maker", allow(OK, *READERS, "lead", "other_lead"),
        READ_ONLY, lambda world: error(world) and {}),
    Row("scoring:decide", "Say who made an error", allow(OK, *IMPORTERS, "lead"),
        allow(GO, *IMPORTERS, "lead"), error, charge),
    Row("scoring:decision_undo", "Take that back", allow(OK, *IMPORTERS, "lead"),
        allow(GO, *IMPORTERS, "lead"), decision, lambda world: {"reason": "A mix-up."}),
]  # fmt: skip
