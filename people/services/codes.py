"""One-time codes: HR hands one out, the person sets a password with it, once.

A code is 8 digits, so that it can be typed on any phone keypad. What makes that enough: it lives
72 hours, five wrong tries end it, requests are rate limited by address, and the database holds
only an HMAC under the secret key, which without that key can't be searched.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
import unicodedata
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from people.audit import record
from people.models import SignInCode, User
from people.numbers import fold_number
from people.permissions import can_manage_person
from people.services.common import NotAllowed, PeopleError, lock

DIGITS = 8
LIFETIME = dt.timedelta(hours=72)
MAX_FAILURES = 5


class CodeRefused(PeopleError):
    """Number and code don't open anything; deliberately the same for every cause."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This employee number and code do not go together, or the code has been used, "
                "has expired or was tried too often. Ask HR for a new one."
            )
        )


@dataclass(frozen=True)
class IssuedCode:
    """The only time that the code is seen in plain."""

    person: User
    code: str
    expires_at: dt.datetime

    @property
    def spaced(self) -> str:
        """In two groups of four, easier to read off a slip."""
        return f"{self.code[:4]} {self.code[4:]}"


@transaction.atomic
def issue_sign_in_code(
    *, person: User, by: User | None, at: dt.datetime | None = None
) -> IssuedCode:
    """A new code for the person; an earlier one ends.

    Raises NotAllowed for a person above the actor, PeopleError for one whose access is closed.
    """
    if by is not None and not can_manage_person(by, person):
        raise NotAllowed(_("You may not issue a code for %(person)s.") % {"person": person.name})
    now = at or timezone.now()
    if not lock(person).may_sign_in(timezone.localdate(now)):
        raise PeopleError(
            _("Sign-in of %(person)s is closed; open it first.") % {"person": person.name}
        )
    person.sign_in_codes.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    issued = SignInCode.objects.create(
        person=person,
        code_hash=_hash(person, code),
        issued_by=by,
        issued_at=now,
        expires_at=now + LIFETIME,
    )
    record(by=by, verb="sign_in_code.issued", target=person, at=now)
    return IssuedCode(person=person, code=code, expires_at=issued.expires_at)


def redeem_sign_in_code(
    *, employee_number: str, code: str, password: str, at: dt.datetime | None = None
) -> User:
    """Sets the password of the person whose number and live code these are; uses the code up.

    Raises CodeRefused, and counts a failure, when they do not go together; raises
    django.core.exceptions.ValidationError, and counts none, for a password that is too weak.
    Not one transaction: a failure has to stay counted.
    """
    now = at or timezone.now()
    person = User.objects.filter(employee_number__iexact=fold_number(employee_number)).first()
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
    if person is None or not person.may_sign_in(timezone.localdate(now)):
        raise CodeRefused
    live = person.sign_in_codes.filter(used_at=None, expires_at__gt=now).first()
    if live is None:
        raise CodeRefused
    this = SignInCode.objects.filter(pk=live.pk, used_at=None)
    # The try is taken before the comparison, so that parallel requests can't have more of them.
    if not this.filter(failures__lt=MAX_FAILURES).update(failures=F("failures") + 1):
        raise CodeRefused
    if not constant_time_compare(live.code_hash, _hash(person, plain)):
        raise CodeRefused
    this.update(failures=F("failures") - 1)
    validate_password(password, person)
    person.set_password(password)  # slow by design, so outside the transaction
    with transaction.atomic():
        if not this.filter(expires_at__gt=now).update(used_at=now):
            raise CodeRefused
        person.save(update_fields=["password"])
        record(by=person, verb="sign_in_code.used", target=person, at=now)
    return person


def _hash(person: User, code: str) -> str:
    return salted_hmac("people.sign_in_code", f"{person.pk}:{code}", algorithm="sha256").hexdigest()
