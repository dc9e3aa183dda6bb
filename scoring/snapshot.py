"""What one reading of the ledger stands on, fixed: files, attribution policies, decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

from scoring.importing.mapping import Attribution


@dataclass(frozen=True)
class File:
    """A committed file of the ledger; `kind` is work or errors."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Decision:
    """A person's word on one error: `maker` is a person's key, or "" if it counts for nobody."""

    error_event: str
    maker: str


@dataclass(frozen=True)
class Snapshot:
    """Pure data: read the same snapshot twice and every figure is the same to the digit."""

    folder: Path
    files: tuple[File, ...] = ()
    policies: Mapping[str, Attribution] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()

    def paths(self, kind: str) -> list[str]:
        """The files of one kind, in the order of their names."""
        return [str(self.folder / f.name) for f in sorted(self.files, key=_name) if f.kind == kind]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything that a figure can depend on, wherever the ledger lies."""
        content = {
            "files": sorted([f.kind, f.sha256] for f in self.files),
            "policies": {source: asdict(p) for source, p in sorted(self.policies.items())},
            "decisions": sorted([d.error_event, d.maker] for d in self.decisions),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _name(file: File) -> str:
    return file.name
