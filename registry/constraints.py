"""A constraint violation becomes the refusal it stands for; any other stays the bug it is."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import IntegrityError, transaction

from registry.errors import DomainError


@contextmanager
def violation_means(constraint: str, refusal: DomainError) -> Iterator[None]:
    """Raise `refusal` where the block breaks the named constraint; the caller's transaction survives."""
    try:
        with transaction.atomic():  # a savepoint: PostgreSQL aborts the transaction otherwise
            yield
    except IntegrityError as broken:
        cause = broken.__cause__
        if isinstance(cause, psycopg.Error) and cause.diag.constraint_name == constraint:
            raise refusal from broken
        raise
