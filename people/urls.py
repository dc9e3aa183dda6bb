from django.urls import path

from people.views import changes, codes, history, importing, people, teams
from people.views.code import enter_code

app_name = "people"
urlpatterns = [
    path("", people.people_list, name="list"),
    path("me/", people.me, name="me"),
    path("add/", changes.AddPerson.as_view(), name="add"),
    path("code/", enter_code, name="code"),
    path("codes/", codes.code_slips, name="codes"),
    path("import/", importing.import_file, name="import"),
    path("import/<int:pk>/", importing.import_job, name="import_job"),
    path("import/<int:pk>/problems.xlsx", importing.import_problems, name="import_problems"),
    path("audit/", history.audit_list, name="audit"),
    path("<int:pk>/", people.person_page, name="person"),
    path("<int:pk>/edit/", changes.EditPerson.as_view(), name="edit"),
    path("<int:pk>/move/", changes.MovePerson.as_view(), name="move"),
    path("<int:pk>/roles/", changes.StartRole.as_view(), name="start_role"),
    path("<int:pk>/roles/<int:holding>/end/", changes.EndRole.as_view(), name="end_role"),
    path("<int:pk>/accounts/", changes.LinkAccount.as_view(), name="link_account"),
    path("<int:pk>/accounts/<int:account>/end/", changes.EndAccount.as_view(), name="end_account"),
    path("<int:pk>/groups/", changes.SetGroups.as_view(), name="groups"),
    path("<int:pk>/sign-in/", changes.SignInAccess.as_view(), name="sign_in"),
    path("<int:pk>/code/", codes.issue_code, name="issue_code"),
    path("<int:pk>/leave/", changes.Leave.as_view(), name="leave"),
    path("<int:pk>/return/", changes.Return.as_view(), name="return"),
    path("teams/", teams.team_tree, name="teams"),
    path("add-team/", teams.AddTeam.as_view(), name="add_team"),
    path("teams/<slug:slug>/", teams.team_page, name="team"),
    path("teams/<slug:slug>/edit/", teams.EditTeam.as_view(), name="edit_team"),
    path("teams/<slug:slug>/leads/", teams.AddLead.as_view(), name="add_lead"),
    path("teams/<slug:slug>/leads/<int:pk>/end/", teams.EndLead.as_view(), name="end_lead"),
    path("roles/", teams.role_list, name="roles"),
    path("add-role/", teams.AddRole.as_view(), name="add_role"),
    path("roles/<slug:slug>/", teams.EditRole.as_view(), name="edit_role"),
]
