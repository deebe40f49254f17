"""Fills the database of an installation of its own: one grant, and a gateway that may ask about anyone.

Run by `manage.py shell`, because the tests' own Django belongs to another database.
"""

import json
import sys

from registry import wake
from registry.choices import ClientKind, Role
from registry.operations import clients
from tests import make
from tests.authzen import ANYONE, question


def fill() -> None:
    """Print, as JSON, the client with its secret and a question whose answer is yes."""
    wake.set_hook(lambda: None)
    grant = make.grant()
    secret = clients.make_secret()
    client = clients.register(
        make.by(make.staff(Role.ADMINISTRATOR)),
        organization=make.developer().id,
        name="Gateway",
        kind=ClientKind.GATEWAY,
        scopes=ANYONE,
        secret=secret,
    ).value
    told = {"client_id": client.client_id, "secret": secret, "question": question(grant)}
    sys.stdout.write(json.dumps(told))
