from django.db import migrations, models

from companies.database.online import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False  # so that nobody waits while an index is built

    dependencies = [
        ('companies', '0024_passwords_that_others_know'),
    ]

    operations = [
        AddIndexOnline(
            model_name='company',
            index=models.Index(fields=['due_date', 'id'], name='company_by_due_day'),
        ),
        migrations.RemoveIndex(
            model_name='company',
            name='company_by_due_date',
        ),
    ]
