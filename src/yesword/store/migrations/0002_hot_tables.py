"""The hot tables, by SQL. Their guards are put back after every migration: see `store.opening`."""

from django.db import migrations

from yesword.store import schema


def create(apps, editor):
    connection = editor.connection
    if connection.vendor == "sqlite":
        for statement in schema.tables("sqlite").split(";\n"):
            if statement.strip():
                editor.execute(statement)
    else:
        with connection.cursor() as cursor:
            cursor.execute(schema.tables("postgresql"))


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
