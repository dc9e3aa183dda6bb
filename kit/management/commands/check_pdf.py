"""Says whether PDFs can be made here, and which package is missing if not."""

from typing import Any

from django.core.management.base import BaseCommand

from kit import pdf


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        missing = pdf.available()
        if missing:
            self.stderr.write(self.style.WARNING(missing))
        else:
            self.stdout.write("PDF: ready")
