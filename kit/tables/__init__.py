"""Tables in (CSV, XLSX) and out (XLSX); every cell that comes in is text, exactly as it stood."""

from .errors import TableError
from .reader import Table, read_table
from .writer import write_xlsx

__all__ = ["Table", "TableError", "read_table", "write_xlsx"]
