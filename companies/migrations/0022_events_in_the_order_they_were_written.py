from django.db import migrations, models

from companies.database.online import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False  # so that nobody waits while an index is built

    dependencies = [
        ('companies', '0021_events_by_reading'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='event',
            options={'ordering': ['-id'], 'verbose_name': 'event', 'verbose_name_plural': 'events'},
        ),
        AddIndexOnline(
            model_name='event',
            index=models.Index(fields=['company', 'id'], name='event_of_company'),
        ),
        AddIndexOnline(
            model_name='event',
            index=models.Index(fields=['code', 'id'], name='event_of_code'),
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_story',
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_newest',
        ),
        migrations.RemoveIndex(
            model_name='event',
            name='event_by_code',
        ),
    ]
