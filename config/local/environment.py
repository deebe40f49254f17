"""The environment of the running local installation, for management commands typed beside it.

Written by `make up` and removed when it stops; never read where the environment names a database already.
Needs nothing but Python: a production installation has none of local mode's packages.
"""

import json
import os
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent.parent / "var" / "environment.json"
NAMES = (
    *("CONCORDAT_LOCAL", "SECRET_KEY", "SIGNING_KEY", "ALLOWED_HOSTS", "PUBLIC_URL"),
    *("DATABASE_URL", "MIGRATION_DATABASE_URL", "BROKER_URL", "CACHE_URL", "STORAGE_URL"),
    *("EMAIL_URL", "DEFAULT_FROM_EMAIL", "STAFF_PASSWORD"),
)


def adopt() -> None:
    """Take the running installation's environment, unless this process has its own."""
    if "DATABASE_URL" in os.environ or not FILE.exists():
        return
    for name, value in json.loads(FILE.read_text()).items():
        os.environ.setdefault(name, value)


def collect() -> str:
    """What to write for others to adopt."""
    return json.dumps({name: os.environ[name] for name in NAMES if name in os.environ}, indent=1)
