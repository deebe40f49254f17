import io

import pytest
from django.core.management import CommandError, call_command

from registry.choices import Role
from registry.models import User
from tests import make

pytestmark = pytest.mark.django_db


class TestEnrollAdministrator:
    def test_the_first_may_give_others_their_roles(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{make.PASSWORD}\n"))
        call_command("enroll_administrator", "ada", "ada@concordat.invalid", stdout=io.StringIO())
        user = User.objects.get()
        assert user.check_password(make.PASSWORD)
        assert user.as_actor().roles == {Role.ADMINISTRATOR}

    def test_there_is_no_second_once_anybody_has_signed_in(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{make.PASSWORD}\n"))
        User.objects.filter(pk=make.user().pk).update(last_login=make.MORNING)
        with pytest.raises(CommandError, match="already"):
            call_command("enroll_administrator", "ada", "ada@concordat.invalid")

    def test_a_weak_password_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
        with pytest.raises(CommandError, match="password"):
            call_command("enroll_administrator", "ada", "ada@concordat.invalid")
        assert not User.objects.exists()
