from django.db import migrations


def claim_what_was_taken_up(apps, schema_editor):
    """Whoever had taken up a request that is still open has it in hand."""
    on = schema_editor.connection.alias
    claims = apps.get_model("access", "Claim").objects.using(on)
    users = apps.get_model("registry", "User").objects.using(on)
    requests = apps.get_model("access", "AccessRequest").objects.using(on)
    closed = ["draft", "approved", "declined", "withdrawn"]
    rows = requests.filter(taken_up_by__startswith="user:").exclude(status__in=closed)
    people = {f"user:{person.pk}": person for person in users.all()}
    for row in rows.iterator():
        if row.taken_up_by in people:
            claims.create(
                request=row,
                person=people[row.taken_up_by],
                given_by=row.taken_up_by,
                given_at=row.changed_at,
                changed_at=row.changed_at,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0015_authorities"),
    ]

    operations = [
        migrations.RunPython(claim_what_was_taken_up, migrations.RunPython.noop),
    ]
