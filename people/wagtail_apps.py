"""Wagtail's app for users, without its pages; loaded before any model, so it imports none."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersAppConfig(WagtailUsersAppConfig):
    """Wagtail's own pages for users and groups are not mounted.

    They know nothing of employee numbers, services or the audit record, and whoever edits groups
    there could give themselves any right.
    """

    user_viewset = "people.wagtail_admin.Nothing"
    group_viewset = "people.wagtail_admin.Nothing"
