"""What the resources about dealings with authorities share: an entry as it is sent, and as it is shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from access.api.holdings import show_sources
from access.choices import Marking
from notifications.models.marked import Entry
from notifications.operations.entries import Told
from registry.api.strict import StrictSerializer
from registry.choices import Precision, SourceGrade
from registry.operations.facts import CitationSaid


class CitationBody(StrictSerializer):
    """A source by its slug, and how sure it is of this fact."""

    source = serializers.SlugField(max_length=120)  # type: ignore[assignment]  # a field of ours
    grade = serializers.ChoiceField(choices=SourceGrade.choices)
    passage = serializers.CharField(max_length=300, default="", allow_blank=True)


class ToldBody(StrictSerializer):
    """What happened. With `citations` a new reported fact, with `fact` one reported before; else at first hand."""

    title = serializers.CharField(max_length=200)
    words = serializers.CharField(max_length=20_000)
    happened_at = serializers.DateTimeField()
    precision = serializers.ChoiceField(choices=Precision.choices, default=Precision.DAY)
    entry_marking = serializers.ChoiceField(choices=Marking.choices, default=Marking.OPEN)
    citations = CitationBody(many=True, default=list)
    fact = serializers.UUIDField(default=None, allow_null=True)


class EntrySerializer(serializers.ModelSerializer[Any]):
    """One entry. `sources` are those of the fact that it rests on; none where it is known at first hand."""

    sources = serializers.SerializerMethodField(method_name="list_sources")

    class Meta:
        fields: tuple[str, ...] = (
            *("id", "title", "words", "happened_at", "precision", "origin", "marking"),
            *("recorded_at", "sources"),
        )

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def list_sources(self, row: Entry) -> list[dict[str, Any]]:
        return [] if row.fact is None else show_sources(row.fact)


def read_told(said: dict[str, Any]) -> Told:
    """What the body tells. Raises WordsMissing, RestsOnBoth."""
    return Told(
        title=said["title"],
        words=said["words"],
        happened_at=said["happened_at"],
        precision=Precision(said["precision"]),
        marking=Marking(said["entry_marking"]),
        citations=tuple(
            CitationSaid(cited["source"], SourceGrade(cited["grade"]), cited["passage"])
            for cited in said["citations"]
        ),
        fact=said["fact"],
    )
