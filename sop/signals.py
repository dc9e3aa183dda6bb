"""News from procedures to the layers above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

# release, by
release_published = Signal()
# release, by
release_withdrawn = Signal()
