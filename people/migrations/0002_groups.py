"""The groups that Handrail's rules speak of; editorial ones may open Wagtail's admin."""

from django.db import migrations

GROUPS = ("Staff", "Team leads", "Approvers", "Managers", "HR", "Auditors", "Administrators")
EDITORIAL = ("Team leads", "Approvers", "Administrators")


def create_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    access = Permission.objects.get(
        content_type__app_label="wagtailadmin", codename="access_admin"
    )
    # Wagtail's own two groups would be a second way to the same rights.
    Group.objects.filter(name__in=("Moderators", "Editors")).delete()
    for name in GROUPS:
        group, _ = Group.objects.get_or_create(name=name)
        if name in EDITORIAL:
            group.permissions.add(access)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0002_initial_data"),
    ]

    operations = [migrations.RunPython(create_groups, migrations.RunPython.noop)]
