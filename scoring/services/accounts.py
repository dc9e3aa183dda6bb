"""Whose account is whose, by the opaque keys under which the ledger knows people."""

from __future__ import annotations

import datetime as dt
import uuid

import pandas as pd
from django.db.models.functions import Lower

from people import services as people
from people.models import SourceAccount, User
from scoring.importing.cells import account_names
from scoring.importing.reading import Draft
from scoring.models import OperationsImport, PersonKey

COLUMNS = ["account", "person", "starts_on", "ends_on"]
NONE = pd.DataFrame({name: [] for name in ("account", "first", "rows", "person")})
# An account made by an import was the person's for as long as the ledger may reach back.
EVER_SINCE = dt.date(2000, 1, 1)
NUMBER_LENGTH = 40  # of an employee number


class KeyChanged(Exception):
    """A person's key is another one than the files were written with."""


def holders(system: str) -> pd.DataFrame:
    """Who held which account when, by their keys (see resolving.resolve).

    A person without a key gets a stand-in, which serves to check a file and never to write one.
    """
    rows = SourceAccount.objects.filter(system=system).values_list(
        "account", "person__ledger_key__key", "person_id", "starts_on", "ends_on"
    )
    frame = pd.DataFrame(
        [(a, key.hex if key else f"person {pk}", start, end) for a, key, pk, start, end in rows],
        columns=COLUMNS,
    )
    frame["account"] = account_names(frame["account"].astype("str"))
    for name in ("starts_on", "ends_on"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame


def make_keys(system: str) -> None:
    """A key for everybody who has an account in the system and none yet."""
    people_without = User.objects.filter(source_accounts__system=system, ledger_key=None).distinct()
    PersonKey.objects.bulk_create(
        [PersonKey(person=person) for person in people_without], ignore_conflicts=True
    )


def new_accounts(draft: Draft, known: pd.DataFrame) -> pd.DataFrame:
    """Accounts of nobody on sound rows, each with a person's key: account, first, rows, person.

    An account that is an employee number becomes that employee's; otherwise the key is new. Numbers
    differ by more than case, as sign-in ignores it.
    """
    wanted = draft.wanted_accounts()
    fits = wanted["account"].str.len() <= NUMBER_LENGTH
    wanted = wanted[~wanted["account"].isin(known["account"]) & fits]
    held = {
        number.casefold(): key.hex
        for number, key in PersonKey.objects.filter(
            person__in=User.objects.annotate(folded=Lower("employee_number")).filter(
                folded__in=[account.casefold() for account in wanted["account"]]
            )
        ).values_list("person__employee_number", "key")
    }
    keys = [held.setdefault(name.casefold(), uuid.uuid4().hex) for name in wanted["account"]]
    return wanted.assign(person=pd.Series(keys, index=wanted.index, dtype="str"))


def make_people(accounts: pd.DataFrame, item: OperationsImport, *, by: User | None) -> int:
    """The people of new accounts, with the keys under which the files know them; how many.

    Raises KeyChanged if somebody got another key since the accounts were read.
    """
    made = 0
    for account, key in accounts[["account", "person"]].itertuples(index=False):
        person = User.objects.filter(employee_number__iexact=account).first()
        if person is None:
            person = people.add_person(employee_number=account, name=account, by=by)
            made += 1
        wanted = uuid.UUID(key)
        held, _made = PersonKey.objects.get_or_create(person=person, defaults={"key": wanted})
        if held.key != wanted:
            raise KeyChanged
        people.link_account(
            person=person, system=item.system, account=account, on=EVER_SINCE, by=by
        )
    return made
