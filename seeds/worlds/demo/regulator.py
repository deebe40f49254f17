"""The synthetic regulator: one position that holds a request back, and one that is only read."""

from access.choices import Attribution, Ground, LegalForce, Stance
from access.models import AccessRequest
from access.operations import positions
from access.operations.positions import About, Stated
from registry.choices import Channel
from registry.models import Authority
from registry.operations import authorities
from registry.operations.authorities import Competent
from seeds.worlds.demo.acting import World, find_organization
from seeds.worlds.demo.names import REGULATOR
from seeds.worlds.demo.setting import find_terms


def take_positions(world: World, blocked: AccessRequest) -> None:
    """The regulator objects to one request with the force of an order, and comments on the program."""
    authority = _register(world)
    world.act(
        "authority_desk",
        "position:blocks",
        positions.take_position,
        authority=authority.id,
        about=About(request=blocked.id),
        stated=Stated(
            stance=Stance.OBJECTS,
            statement="The applicant is under an invented inquiry; access waits until it is closed.",
            attribution=Attribution.OFFICIAL_DOCUMENT,
            legal_force=LegalForce.ORDER,
            grounds=(Ground.SECURITY,),
        ),
    )
    world.act(
        "authority_desk",
        "position:informs",
        positions.take_position,
        authority=authority.id,
        about=About(program=find_terms().program_id),
        stated=Stated(
            stance=Stance.CONDITIONAL,
            statement="The regulator, which is invented, would welcome a yearly report.",
            attribution=Attribution.NAMED_SPEAKER,
            speaker="Spokesperson of the Synthetic Regulator",
            legal_force=LegalForce.POLITICAL,
            grounds=(Ground.COOPERATION,),
        ),
    )


def _register(world: World) -> Authority:
    organization = find_organization(REGULATOR.slug)
    found = Authority.objects.filter(organization=organization).first()
    if found is not None:
        return found
    return authorities.register(
        world.command("authority_desk"),
        organization=organization,
        competences=(Competent("gb", "Invented supervision of AI models in this demonstration"),),
        channels=((Channel.EMAIL, REGULATOR.email),),
    ).value
