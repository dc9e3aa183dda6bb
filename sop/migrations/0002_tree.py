"""The page tree in both languages, the approval workflow on it, and who may edit there."""

import uuid

from django.conf import settings
from django.db import migrations
from wagtail.models import Page as CurrentPage  # for the arithmetic of tree paths only

WORKFLOW = "Four-eyes approval · 双人审批"
ROOT_TITLES = {"en": "Procedures", "zh-hans": "作业规范"}
PAGE_RIGHTS = ("add_page", "change_page", "lock_page", "unlock_page")
PICTURE_RIGHTS = {
    "Administrators": ("add_image", "change_image", "choose_image", "delete_image"),
    "Approvers": ("choose_image",),
}


def permission(apps, app_label, model, codename):
    """Permissions are made after all migrations; this one is needed now."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _ = ContentType.objects.get_or_create(app_label=app_label, model=model)
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=codename,
        defaults={"name": "Can " + codename.replace("_", " ")},
    )
    return found


def add_child(apps, parent, model, **fields):
    """What treebeard's `add_child` does, on the models of this point in history."""
    Page = apps.get_model("wagtailcore", "Page")
    ContentType = apps.get_model("contenttypes", "ContentType")
    last = (
        Page.objects.filter(path__startswith=parent.path, depth=parent.depth + 1)
        .order_by("-path")
        .first()
    )
    step = CurrentPage._str2int(last.path[-CurrentPage.steplen:]) + 1 if last else 1
    content_type, _ = ContentType.objects.get_or_create(
        app_label=model._meta.app_label, model=model._meta.model_name
    )
    page = model.objects.create(
        path=CurrentPage._get_path(parent.path, parent.depth + 1, step),
        depth=parent.depth + 1, numchild=0, content_type=content_type,
        url_path=f"{parent.url_path}{fields['slug']}/", draft_title=fields["title"], live=True,
        **fields,
    )
    Page.objects.filter(pk=parent.pk).update(numchild=parent.numchild + 1)
    parent.numchild += 1
    return page


def home_pages(apps):
    """The site's home page and its translations, by language."""
    Page = apps.get_model("wagtailcore", "Page")
    Locale = apps.get_model("wagtailcore", "Locale")
    Site = apps.get_model("wagtailcore", "Site")
    home = Page.objects.get(pk=Site.objects.get(is_default_site=True).root_page_id)
    if home.title == "Welcome to your new Wagtail site!":
        home.title = home.draft_title = "Handrail"
        home.save(update_fields=["title", "draft_title"])
    homes = {}
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        locale, _ = Locale.objects.get_or_create(language_code=code)
        found = Page.objects.filter(translation_key=home.translation_key, locale=locale).first()
        if found is None:
            root = Page.objects.get(depth=1)
            found = add_child(
                apps, root, Page, title="Handrail", slug=f"home-{code}", locale=locale,
                translation_key=home.translation_key,
            )
        homes[code] = found
    return homes


def create_workflow(apps):
    Group = apps.get_model("auth", "Group")
    ContentType = apps.get_model("contenttypes", "ContentType")
    Task = apps.get_model("sop", "FourEyesApprovalTask")
    content_type, _ = ContentType.objects.get_or_create(
        app_label="sop", model="foureyesapprovaltask"
    )
    workflow = apps.get_model("wagtailcore", "Workflow").objects.create(name=WORKFLOW)
    task = Task.objects.create(name=WORKFLOW, content_type=content_type)
    task.groups.add(Group.objects.get(name="Approvers"))
    apps.get_model("wagtailcore", "WorkflowTask").objects.create(
        workflow=workflow, task_id=task.pk, sort_order=0
    )
    # Wagtail's own workflow lets an author approve the own work.
    apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval").update(
        active=False
    )
    return workflow


def create_tree(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Collection = apps.get_model("wagtailcore", "Collection")
    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    WorkflowPage = apps.get_model("wagtailcore", "WorkflowPage")
    SOPRootPage = apps.get_model("sop", "SOPRootPage")
    administrators = Group.objects.get(name="Administrators")
    workflow = create_workflow(apps)
    key = uuid.uuid4()
    for code, home in home_pages(apps).items():
        root = add_child(
            apps, home, SOPRootPage, title=ROOT_TITLES.get(code, "SOP"), slug="sop",
            locale=home.locale, translation_key=key,
        )
        WorkflowPage.objects.create(page_id=root.pk, workflow=workflow)
        for codename in PAGE_RIGHTS:
            GroupPagePermission.objects.create(
                group=administrators, page_id=root.pk,
                permission=permission(apps, "wagtailcore", "page", codename),
            )
    # Wagtail lets everybody who may open its admin choose every picture; here a team's pictures
    # are the team's.
    GroupCollectionPermission.objects.filter(
        group__name__in=("Administrators", "Approvers", "Team leads")
    ).delete()
    for name, codenames in PICTURE_RIGHTS.items():
        for codename in codenames:
            GroupCollectionPermission.objects.create(
                group=Group.objects.get(name=name), collection=Collection.objects.get(depth=1),
                permission=permission(apps, "wagtailimages", "image", codename),
            )
    for name in ("Administrators", "Team leads"):
        Group.objects.get(name=name).permissions.add(
            *(permission(apps, "sop", "errorcode", f"{verb}_errorcode") for verb in ("add", "change", "view")),
            permission(apps, "wagtail_localize", "translation", "submit_translation"),
        )


class Migration(migrations.Migration):
    dependencies = [
        ("sop", "0001_initial"),
        ("people", "0002_groups"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtail_localize", "0016_rename_page_revision_translationlog_revision"),
    ]

    operations = [migrations.RunPython(create_tree, migrations.RunPython.noop)]
