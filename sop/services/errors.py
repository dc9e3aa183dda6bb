"""What can go wrong with a procedure; each message says what to mend."""

from __future__ import annotations


class SOPError(Exception):
    """A change that the rules of document control don't allow."""


class NotReady(SOPError):
    """The page lacks something; `problems` lists every one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class TranslationDiffers(SOPError):
    """A translation does not have the steps of the release that it would belong to."""
