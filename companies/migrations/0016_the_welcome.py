from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def who_was_here_knows_it(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("companies", "User").objects.filter(last_login__isnull=False).update(welcomed_at=F("last_login"))


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0015_shop_password_must_change'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='welcomed_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Empty: the overview still shows it.', null=True, verbose_name='read the welcome'),
        ),
        migrations.RunPython(who_was_here_knows_it, migrations.RunPython.noop),
    ]
