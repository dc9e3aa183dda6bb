"""News from people to the layers above, sent inside the transaction that makes it true."""

from django.dispatch import Signal

# team, person, leads (bool), by
lead_changed = Signal()
# person, role, holds (bool), on (date), by
role_changed = Signal()
# team, by
team_created = Signal()
# team, by: its place in the tree is another, so whoever leads above it may be another
team_moved = Signal()
