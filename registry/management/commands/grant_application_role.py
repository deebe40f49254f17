"""`manage.py grant_application_role`: give the application's role what it needs, and on the ledger no more."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

LEDGER = ("registry.AuditEvent", "registry.Leaf", "registry.FeedEntry")


class Command(BaseCommand):
    help = (
        "Run as the owner after each migration. The role in DATABASE_URL may read and write every "
        "table, but only append to the ledger's, and may empty or alter none."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        owner = connections["owner"]
        role = connections["default"].settings_dict["USER"]
        if role == owner.settings_dict["USER"]:
            self.stdout.write("The application's role is the owner: nothing to give.")
            return
        with transaction.atomic(using=owner.alias), owner.cursor() as cursor:
            grant(role, cursor)


def grant(role: str, cursor: CursorWrapper) -> None:
    """Give the role what it needs, as the owner of the tables. May be repeated."""
    name = sql.Identifier(role)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    ):
        cursor.execute(sql.SQL(statement).format(name).as_string())
    for label in LEDGER:
        table = sql.Identifier(apps.get_model(label)._meta.db_table)
        revoke = sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}")
        cursor.execute(revoke.format(table, name).as_string())
