from django.db import migrations, models

from companies.database.online import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False  # so that nobody waits while an index is built

    dependencies = [
        ('companies', '0020_what_a_reading_changed'),
    ]

    operations = [
        AddIndexOnline(
            model_name='event',
            index=models.Index(condition=models.Q(('reading__isnull', False)), fields=['reading', 'company', 'id'], name='event_of_reading'),
        ),
    ]
