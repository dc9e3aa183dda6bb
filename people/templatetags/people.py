"""Words for what the code calls by a name of its own."""

from django import template

from people import groups
from people.audit import DETAILS, WORDS
from people.models import Membership, Team

register = template.Library()


@register.filter
def verb_words(verb: str) -> str:
    """What was done, in the reader's language."""
    return str(WORDS.get(verb, verb))


@register.filter
def group_words(name: str) -> str:
    return str(groups.WORDS.get(name, name))


@register.filter
def teams_held(home: list[Membership]) -> list[tuple[Team, bool]]:
    """Each team once, with whether the person leads it; the lead is often a member too."""
    leads = {held.team_id for held in home if held.kind == Membership.Kind.LEAD}
    teams = {held.team_id: held.team for held in home}
    return [(team, pk in leads) for pk, team in teams.items()]


@register.filter
def detail_words(name: str) -> str:
    """What a detail of the audit record is called."""
    return str(DETAILS.get(name, name))
