"""Scoring's tables: operations data in (operations), scorecards out (scorecards)."""

from scoring.models.operations import (
    AttributionDecision,
    LedgerFile,
    LedgerState,
    OperationsImport,
    PersonKey,
    Source,
    SourceMapping,
)

__all__ = [
    "AttributionDecision",
    "LedgerFile",
    "LedgerState",
    "OperationsImport",
    "PersonKey",
    "Source",
    "SourceMapping",
]
