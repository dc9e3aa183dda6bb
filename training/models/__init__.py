"""Modules and their quizzes, who has to take them, and what they have shown."""

from training.models.attempts import Attempt, Response, Result
from training.models.duties import (
    RENEWAL_DAYS,
    Acknowledgement,
    Assignment,
    Certification,
    LessonDone,
    Revocation,
)
from training.models.modules import Module, ModulePicture, ModuleSOPLink, ModuleText, ModuleVersion
from training.models.pages import ModulePage, ModulePageSOP
from training.models.quizzes import (
    Choice,
    Question,
    Quiz,
    QuizGroupObjectPermission,
    QuizUserObjectPermission,
)

__all__ = [
    "RENEWAL_DAYS",
    "Acknowledgement",
    "Assignment",
    "Attempt",
    "Certification",
    "Choice",
    "LessonDone",
    "Module",
    "ModulePage",
    "ModulePageSOP",
    "ModulePicture",
    "ModuleSOPLink",
    "ModuleText",
    "ModuleVersion",
    "Question",
    "Quiz",
    "QuizGroupObjectPermission",
    "QuizUserObjectPermission",
    "Response",
    "Result",
    "Revocation",
]
