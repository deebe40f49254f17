"""What every operation has in common."""

import pytest
from django.db import transaction

from registry.actors import Command
from registry.choices import Role
from registry.commands import KeyReused, TextTooLong
from registry.errors import NotFound, Stale
from registry.models import AuditEvent, User
from registry.operations import users
from tests import make

pytestmark = pytest.mark.django_db


def register(command: Command, username: str = "ada") -> object:
    return users.register(
        command,
        username=username,
        display_name="Ada",
        email="ada@concordat.invalid",
        password=make.PASSWORD,
    )


class TestIdempotency:
    def test_a_repeated_command_answers_as_the_first_did(self) -> None:
        administrator = make.staff(Role.ADMINISTRATOR)
        first = register(make.by(administrator, idempotency="once"))
        again = register(make.by(administrator, idempotency="once"))
        assert again.value == first.value  # type: ignore[attr-defined]
        assert again.revision == first.revision  # type: ignore[attr-defined]
        assert again.replayed  # type: ignore[attr-defined]
        assert AuditEvent.objects.count() == 1

    def test_a_key_used_for_something_else_is_refused(self) -> None:
        administrator = make.staff(Role.ADMINISTRATOR)
        register(make.by(administrator, idempotency="once"))
        with pytest.raises(KeyReused):
            register(make.by(administrator, idempotency="once"), username="bea")

    def test_keys_of_two_actors_are_two_keys(self) -> None:
        register(make.by(make.staff(Role.ADMINISTRATOR), idempotency="once"))
        register(make.by(make.staff(Role.ADMINISTRATOR), idempotency="once"), username="bea")
        assert User.objects.filter(username__in=["ada", "bea"]).count() == 2

    def test_a_refused_command_keeps_no_key(self) -> None:
        administrator = make.staff(Role.ADMINISTRATOR)
        register(make.by(administrator))
        with pytest.raises(users.UsernameTaken):
            register(make.by(administrator, idempotency="once"))
        assert register(make.by(administrator, idempotency="once"), username="bea")


class TestExpectedVersion:
    def test_a_caller_who_worked_from_an_older_version_is_refused(self) -> None:
        administrator, user = make.staff(Role.ADMINISTRATOR), make.user()
        with pytest.raises(Stale) as refused:
            users.give_role(
                make.by(administrator, expected_version=7), user=user.username, role=Role.DECIDER
            )
        assert refused.value.values == {"expected": 7, "found": 1}

    def test_what_is_not_there_is_not_found(self) -> None:
        with pytest.raises(NotFound, match="user"):
            users.give_role(
                make.by(make.staff(Role.ADMINISTRATOR)), user="nobody", role=Role.DECIDER
            )


class TestDurability:
    def test_an_operation_inside_another_transaction_is_a_mistake(self) -> None:
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            register(make.by(make.staff(Role.ADMINISTRATOR)))


class TestTextTooLong:
    def test_a_text_longer_than_its_column_is_refused(self) -> None:
        with pytest.raises(TextTooLong, match="too long"):
            register(make.by(make.staff(Role.ADMINISTRATOR)), username="a" * 81)
        assert not User.objects.filter(username__startswith="aa").exists()
