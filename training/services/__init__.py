"""Changes to training: each one transaction, each with an audit record."""

from training.services.attempts import (
    attempts_allowed,
    begin_quiz,
    expire_overdue,
    save_answer,
    settle,
    start_attempt,
    submit_attempt,
)
from training.services.certificates import certify, revoke
from training.services.daily import update_training
from training.services.duties import (
    acknowledge,
    allow_another_attempt,
    assign,
    assign_for_module,
    assign_for_release,
    assign_for_role,
    assign_renewals,
    end_assignment,
    end_for_role,
    end_lapsed,
)
from training.services.errors import (
    AttemptOver,
    NoAttemptsLeft,
    NotInForce,
    NotReady,
    TooEarly,
    TrainingError,
)
from training.services.lessons import enrol, finish_lesson
from training.services.modules import create_module, publish_module, retire_module
from training.services.quizzes import create_quiz, set_editors

__all__ = [
    "AttemptOver",
    "NoAttemptsLeft",
    "NotInForce",
    "NotReady",
    "TooEarly",
    "TrainingError",
    "acknowledge",
    "allow_another_attempt",
    "assign",
    "assign_for_module",
    "assign_for_release",
    "assign_for_role",
    "assign_renewals",
    "attempts_allowed",
    "begin_quiz",
    "certify",
    "create_module",
    "create_quiz",
    "end_assignment",
    "end_for_role",
    "end_lapsed",
    "enrol",
    "expire_overdue",
    "finish_lesson",
    "publish_module",
    "retire_module",
    "revoke",
    "save_answer",
    "set_editors",
    "settle",
    "start_attempt",
    "submit_attempt",
    "update_training",
]
