"""Words for what the code calls by a name of its own."""

from django import template

from people import groups
from people.audit import WORDS

register = template.Library()


@register.filter
def verb_words(verb: str) -> str:
    """What was done, in the reader's language."""
    return str(WORDS.get(verb, verb))


@register.filter
def group_words(name: str) -> str:
    return str(groups.WORDS.get(name, name))
