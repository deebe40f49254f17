"""The tables are the same, whether an installation began with the squashed migrations or grew with each."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

pytestmark = pytest.mark.soak

ONE_BY_ONE = """
import django
from django.core.management import call_command
from django.db.migrations import executor
from django.db.migrations.loader import MigrationLoader

class OneByOne(MigrationLoader):
    def load_disk(self):
        super().load_disk()
        kept = {key: row for key, row in self.disk_migrations.items() if not row.replaces}
        self.disk_migrations = kept

django.setup()
executor.MigrationLoader = OneByOne
call_command("migrate", verbosity=0)
"""
PARTS = {
    "columns": """
        SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
            attgenerated, attcollation, pg_get_expr(adbin, adrelid)
        FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
            AND attnum > 0 AND NOT attisdropped""",
    "order of columns": """
        SELECT attrelid::regclass, array_agg(attname ORDER BY attnum) FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND relkind = 'r') AND attnum > 0 AND NOT attisdropped GROUP BY attrelid""",
    "relations": """
        SELECT relname, relkind, relpersistence, relacl, reloptions FROM pg_class
        WHERE relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass, conname, condeferrable, condeferred, convalidated,
            pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgenabled, pg_get_triggerdef(oid), obj_description(oid) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "functions": """
        SELECT pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
            AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')""",
    "extensions": "SELECT extname, extversion FROM pg_extension",
}


def migrate(name: str, *how: str) -> dict[str, list[str]]:
    """Everything that PostgreSQL knows of a new database after its migration, by part."""
    superuser = os.environ["DATABASE_URL"]
    address = urlsplit(superuser)._replace(path=f"/{name}").geturl()
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    subprocess.run(
        [sys.executable, *how],
        check=True,
        cwd=settings.ROOT,
        env=os.environ
        | {
            "DATABASE_URL": address,
            "MIGRATION_DATABASE_URL": address,
            "PYTHONHASHSEED": "0",  # states in a set are printed in the same order
        },
    )
    with psycopg.connect(address) as connection:
        return {
            part: sorted(map(str, connection.execute(statement)))
            for part, statement in PARTS.items()
        }


def test_begun_with_or_grown_into_it_is_the_same() -> None:
    begun = migrate("begun", "manage.py", "migrate", "--verbosity=0")
    grown = migrate("grown", "-c", ONE_BY_ONE)
    assert all(grown.values())
    for part in PARTS:
        assert begun[part] == grown[part], part
