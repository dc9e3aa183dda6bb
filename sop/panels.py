"""The editor's form for an SOP, in the order in which a team lead thinks."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

sop_panels = [
    FieldPanel("title", help_text=_("What the work is, as your people call it.")),
    FieldRowPanel([FieldPanel("code"), FieldPanel("process_owner")]),
    FieldPanel("roles", widget=CheckboxSelectMultiple),
    FieldPanel("purpose"),
    FieldPanel("scope"),
    FieldRowPanel([FieldPanel("risk_level"), FieldPanel("review_months")]),
    FieldPanel("steps"),
    MultiFieldPanel(
        [
            FieldPanel("change_summary"),
            FieldPanel("change_reason"),
            FieldRowPanel([FieldPanel("change_kind"), FieldPanel("effective_from")]),
        ],
        heading=_("This change"),
    ),
]
