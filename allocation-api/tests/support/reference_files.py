"""Reference files for tests, and a service that loads them into a database of its own."""

from __future__ import annotations

from app.core.clock import utc_now
from app.services.accounts.reference_files import FORMATS
from app.services.accounts.reference_load import LoadRequest, ReferenceService
from app.services.audit.trail import AuditService
from app.services.domain.caller import Caller

ANN = Caller(user_id="u", username="ann", permissions=frozenset(), request_id="r")

DESK = {
    "groups": ["CORE,Core accounts,What it is,CORE_PLUS,Helen Marsh,2014-03-03", "LONG,Long bonds,,,,"],
    "accounts": [
        "ACC001,Harbor County,CORE,USD,,",
        "ACC002,River Trust,CORE,USD,1000.50,0.02",
        "ACC003,Northern Mutual,LONG,USD,,",
        "ACC004,Bay Fund,,,,",
    ],
    "restrictions": ["ACC001,NO_TOBACCO", "ACC001,INVESTMENT_GRADE_ONLY", "ACC003,ESG_COMPLIANT"],
    "benchmarks": ["GROUP,CORE,6.05,6.11,64", "ACCOUNT,ACC003,5.5,,"],
    "securities": [
        "912828YW4,US912828YW42,T,Treasury 1.625 2026,US Treasury,912828,GOVT,US,AA+,1.625,2026-12-15,USD"
    ],
    "limits": ["ISSUER_CONCENTRATION,DEFAULT,*,0.1", "SECURITY_CONCENTRATION,ACCOUNT,ACC001,0.05"],
}
"""A small desk: rows by file, without headers."""


def content(name, rows):
    """The bytes of a file with these rows."""
    return "\r\n".join([",".join(FORMATS[name].header), *rows, ""]).encode()


def files(**rows):
    """Files by name, of their rows."""
    return {name: content(name, lines) for name, lines in rows.items()}


def service(database):
    return ReferenceService(database, AuditService(database, utc_now))


def load(database, *, comment="as agreed", remove=False, dry_run=False, **rows):
    """Load files of these rows."""
    request = LoadRequest(files(**rows), comment, remove=remove, dry_run=dry_run)
    return service(database).load(request, ANN)


def exported(database):
    """What is stored, as files."""
    return {name: "".join(service(database).export(name)).encode() for name in FORMATS}
