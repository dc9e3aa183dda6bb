"""The people whom every test talks about.

Two teams, pickers and packers, each with a lead; one person for each group. All were there
from 2024-01-01, speak English unless said otherwise, and have the password `PASSWORD`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from people import groups, services
from people.models import Role, Team, User

SINCE = dt.date(2024, 1, 1)
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Cast:
    pickers: Team
    packers: Team
    picker: Role
    packer: Role
    hua: User  # HR
    ada: User  # administrator
    mei: User  # manager
    otto: User  # auditor
    ping: User  # approver
    lena: User  # leads the pickers
    noor: User  # picks
    wei: User  # 王喆, picks, reads Chinese
    leo: User  # leads the packers
    pia: User  # packs


def build_cast() -> Cast:
    pickers = services.add_team(slug="pickers", name_en="Picking", name_zh="拣货组", by=None)
    packers = services.add_team(slug="packers", name_en="Packing", name_zh="打包组", by=None)
    picker = services.add_role(slug="picker", name_en="Picker", name_zh="拣货员", by=None)
    packer = services.add_role(slug="packer", name_en="Packer", name_zh="打包员", by=None)

    def person(number: str, name: str, language: str = "en") -> User:
        return services.add_person(
            employee_number=number,
            name=name,
            email=f"{number.lower()}@example.com",
            language=language,
            hired_on=SINCE,
            password=PASSWORD,
            by=None,
        )

    def with_group(number: str, name: str, group: str) -> User:
        added = person(number, name)
        services.set_groups(person=added, names={group}, by=None)
        return added

    def worker(number: str, name: str, team: Team, role: Role, language: str = "en") -> User:
        added = person(number, name, language)
        services.join_team(person=added, team=team, on=SINCE, by=None)
        services.start_role(person=added, role=role, on=SINCE, by=None)
        return added

    def lead(number: str, name: str, team: Team) -> User:
        added = person(number, name)
        services.join_team(person=added, team=team, on=SINCE, by=None)
        services.set_team_lead(team=team, person=added, on=SINCE, by=None)
        return added

    return Cast(
        pickers=pickers,
        packers=packers,
        picker=picker,
        packer=packer,
        hua=with_group("HR1", "Hua", groups.HR),
        ada=with_group("AD1", "Ada", groups.ADMINISTRATORS),
        mei=with_group("MA1", "Mei", groups.MANAGERS),
        otto=with_group("AU1", "Otto", groups.AUDITORS),
        ping=with_group("AP1", "Ping", groups.APPROVERS),
        lena=lead("L1", "Lena", pickers),
        noor=worker("P1", "Noor", pickers, picker),
        wei=worker("P2", "王喆", pickers, picker, "zh-hans"),
        leo=lead("L2", "Leo", packers),
        pia=worker("P3", "Pia", packers, packer),
    )
