"""From an export's rows to the ledger's events: mapping, checks, reasons. No database here."""
