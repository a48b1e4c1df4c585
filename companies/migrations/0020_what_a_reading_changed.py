from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0019_mails_to_send'),
    ]

    operations = [
        # The version before inserts events without it: they are no reading's then, and its runs keep their records.
        migrations.AddField(
            model_name='event',
            name='reading',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
    ]
