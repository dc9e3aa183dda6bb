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
from scoring.models.periods import Process, ScoringPeriod, Standard, Weights
from scoring.models.scorecards import (
    Band,
    Component,
    Review,
    Scorecard,
    ScorecardLine,
    Verdict,
)

__all__ = [
    "AttributionDecision",
    "Band",
    "Component",
    "LedgerFile",
    "LedgerState",
    "OperationsImport",
    "PersonKey",
    "Process",
    "Review",
    "Scorecard",
    "ScorecardLine",
    "ScoringPeriod",
    "Source",
    "SourceMapping",
    "Standard",
    "Verdict",
    "Weights",
]
