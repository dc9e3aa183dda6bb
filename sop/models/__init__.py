"""Procedures: pages that are written, and the immutable releases that are read."""

from sop.models.approval import FourEyesApprovalTask, FourEyesTaskState
from sop.models.controlled import ControlledPage
from sop.models.pages import SOPIndexPage, SOPPage, SOPRootPage, TeamSection
from sop.models.releases import (
    ReleasedPicture,
    ReleasedStep,
    ReleaseText,
    SOPRelease,
    SOPReleaseQuerySet,
    Withdrawal,
)
from sop.models.vocabulary import ErrorCode

__all__ = [
    "ControlledPage",
    "ErrorCode",
    "FourEyesApprovalTask",
    "FourEyesTaskState",
    "ReleaseText",
    "ReleasedPicture",
    "ReleasedStep",
    "SOPIndexPage",
    "SOPPage",
    "SOPRelease",
    "SOPReleaseQuerySet",
    "SOPRootPage",
    "TeamSection",
    "Withdrawal",
]
