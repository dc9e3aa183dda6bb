"""People from a file: every row checked, all of them or none taken, the same file again no change.

`docs/people-import.md` describes the file.
"""

from people.importing.apply import import_people
from people.importing.report import Problem, Report

__all__ = ["Problem", "Report", "import_people"]
