from django.db import migrations, models


def forget_old_permissions(apps, schema_editor):
    """Django renames the content type, not its permissions: the old ones would stay listed beside the new ones."""
    permissions = apps.get_model('auth', 'Permission').objects.using(schema_editor.connection.alias)
    permissions.filter(content_type__app_label='billing', codename__endswith='_servicewish').delete()


class Migration(migrations.Migration):
    """The model gets its name of today; the table keeps that of the first day."""

    side_by_side = 'No table of ours is touched: `sqlmigrate` shows not one statement. Nobody asks for the permissions.'

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('billing', '0023_names_that_are_broken'),
    ]

    operations = [
        # First the table's name is pinned, so that RenameModel leaves it alone.
        migrations.AlterModelTable(name='servicewish', table='billing_servicewish'),
        migrations.RenameModel(old_name='ServiceWish', new_name='ReadRequest'),
        migrations.AlterField(
            model_name='readrequest',
            name='gateway',
            field=models.ForeignKey(on_delete=models.CASCADE, related_name='read_requests', to='billing.whmcsgateway'),
        ),
        migrations.RunPython(forget_old_permissions, migrations.RunPython.noop),
    ]
