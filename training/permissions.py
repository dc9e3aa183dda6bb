"""Who may do what with training. Each predicate matches a `visible_to` where there is one."""

from __future__ import annotations

from django.utils import timezone

from people.models import Team, User
from people.permissions import Anyone, is_administrator, is_hr, leads_any_team
from training.models import Attempt, Module, Quiz


def can_view_attempt(user: Anyone, attempt: Attempt) -> bool:
    """Matches `Attempt.objects.visible_to`: the person, the team's lead, HR, auditors."""
    return Attempt.objects.visible_to(user).filter(pk=attempt.pk).exists()


def can_manage_training(user: Anyone, person: User) -> bool:
    """Assigns, ends, allows attempts and revokes: HR and the person's leads, never oneself."""
    if not isinstance(user, User) or user.pk == person.pk:
        return False
    led = User.objects.members_of(Team.objects.led_by(user), timezone.localdate())
    return is_hr(user) or led.filter(pk=person.pk).exists()


def can_see_team_training(user: Anyone) -> bool:
    """Leads see their own teams there, and whoever sees everybody sees all."""
    return (
        isinstance(user, User) and user.is_active and (user.sees_everyone or leads_any_team(user))
    )


def can_edit_quiz(user: Anyone, quiz: Quiz) -> bool:
    """Matches `Quiz.objects.editable_by`."""
    return Quiz.objects.editable_by(user).filter(pk=quiz.pk).exists()


def can_grant_quiz(user: Anyone, quiz: Quiz) -> bool:
    """Lets others edit it: the leads of its team, and administrators."""
    return is_administrator(user) or Team.objects.led_by(user).filter(pk=quiz.team_id).exists()


def can_retire(user: Anyone, module: Module) -> bool:
    """Takes the module out of use: the leads of its team, and administrators."""
    return is_administrator(user) or Team.objects.led_by(user).filter(pk=module.team_id).exists()
