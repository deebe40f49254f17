import uuid

import pgtrigger
from django.db import models
from django.db.models import Q


class PrivateValue(models.Model):
    """Free text or personal data behind a digest in the ledger. Erasing salt and value erases the person.

    The digest is HMAC-SHA-256 under the salt: without the salt nobody can try out likely values.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    salt = models.BinaryField(max_length=32, null=True)
    value = models.TextField(null=True)  # noqa: DJ001 - null says erased, empty says empty

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="private_value_erased_whole",
                condition=Q(salt__isnull=True, value__isnull=True)
                | Q(salt__isnull=False, value__isnull=False),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="private_value_is_only_erased",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'DELETE' OR NEW.id <> OLD.id OR NEW.value IS NOT NULL THEN
                        RAISE EXCEPTION 'a private value can only be erased';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"private value {self.id}"

    def organizations_concerned(self) -> list[uuid.UUID]:
        """None: whose text it was is not told again when it is erased."""
        return []
