import pytest

from registry.choices import Role
from registry.models import AuditEvent, User
from registry.operations import users
from registry.policies import RoleMissing
from tests import make

pytestmark = pytest.mark.django_db


class TestRegister:
    def test_a_new_user_holds_no_role(self) -> None:
        administrator = make.staff(Role.ADMINISTRATOR)
        user = users.register(
            make.by(administrator),
            username="Ada",
            display_name="Ada",
            email="ada@concordat.invalid",
            password=make.PASSWORD,
        ).value
        assert user.username == "ada"
        assert user.as_actor().roles == frozenset()

    def test_needs_an_administrator(self) -> None:
        with pytest.raises(RoleMissing):
            users.register(
                make.by(make.staff(Role.DECIDER)),
                username="ada",
                display_name="Ada",
                email="ada@concordat.invalid",
                password=make.PASSWORD,
            )
        assert not User.objects.filter(username="ada").exists()
        assert not AuditEvent.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"password": "short"}, users.PasswordTooWeak),
            ({"email": "nowhere"}, users.EmailUnreadable),
            ({"username": "ROOT"}, users.UsernameTaken),
        ],
    )
    def test_refuses_what_cannot_be_used(
        self, changed: dict[str, str], refusal: type[Exception]
    ) -> None:
        administrator = make.administrator().as_actor()
        said = {
            "username": "ada",
            "display_name": "Ada",
            "email": "ada@concordat.invalid",
            "password": make.PASSWORD,
        }
        with pytest.raises(refusal):
            users.register(make.by(administrator), **(said | changed))
        assert User.objects.count() == 1


class TestGiveRole:
    def test_the_role_is_held_from_now_on_and_recorded(self) -> None:
        user = make.administrator()
        other = make.user()
        users.give_role(make.by(user.as_actor()), user=other.username, role=Role.DECIDER)
        assert other.as_actor().roles == {Role.DECIDER}
        event = AuditEvent.objects.latest("id")
        assert (event.name, event.actor) == ("role.given", user.as_actor().key)
        assert event.details == {"role": "decider"}

    def test_refuses_a_role_already_held(self) -> None:
        user = make.administrator()
        other = make.user()
        users.give_role(make.by(user.as_actor()), user=other.username, role=Role.DECIDER)
        with pytest.raises(users.RoleAlreadyHeld):
            users.give_role(make.by(user.as_actor()), user=other.username, role=Role.DECIDER)

    def test_nobody_gives_themselves_a_role(self) -> None:
        user = make.administrator()
        with pytest.raises(users.OwnRoles):
            users.give_role(make.by(user.as_actor()), user=user.username, role=Role.DECIDER)


class TestTakeRole:
    def test_the_role_is_held_no_longer(self) -> None:
        user = make.administrator()
        other = make.user()
        users.give_role(make.by(user.as_actor()), user=other.username, role=Role.DECIDER)
        users.take_role(make.by(user.as_actor()), user=other.username, role=Role.DECIDER)
        assert other.as_actor().roles == frozenset()

    def test_refuses_a_role_that_is_not_held(self) -> None:
        user = make.administrator()
        other = make.user()
        with pytest.raises(users.RoleNotHeld):
            users.take_role(make.by(user.as_actor()), user=other.username, role=Role.DECIDER)

    def test_the_last_administrator_keeps_the_role(self) -> None:
        last = make.administrator()
        former = make.staff(Role.ADMINISTRATOR)
        with pytest.raises(users.LastAdministrator):
            users.take_role(make.by(former), user=last.username, role=Role.ADMINISTRATOR)


class TestDeactivate:
    def test_the_person_signs_in_no_more_and_may_again_later(self) -> None:
        administrator, user = make.staff(Role.ADMINISTRATOR), make.user()
        assert not users.deactivate(make.by(administrator), user=user.username).value.is_active
        with pytest.raises(users.ActivityUnchanged):
            users.deactivate(make.by(administrator), user=user.username)
        assert users.reactivate(make.by(administrator), user=user.username).value.is_active

    def test_nobody_deactivates_themselves(self) -> None:
        user = make.administrator()
        with pytest.raises(users.OwnRoles):
            users.deactivate(make.by(user.as_actor()), user=user.username)
