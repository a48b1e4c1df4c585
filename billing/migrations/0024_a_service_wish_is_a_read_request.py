from django.db import migrations, models


class Migration(migrations.Migration):
    """The model gets its name of today; the table keeps that of the first day."""

    side_by_side = 'No table is touched: `sqlmigrate` shows not one statement.'

    dependencies = [
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
    ]
