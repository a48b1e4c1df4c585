from django.db import migrations, models

from companies.database.online import AddIndexOnline


class Migration(migrations.Migration):

    atomic = False  # so that nobody waits while an index is built

    dependencies = [
        ('companies', '0018_last_backup'),
    ]

    operations = [
        AddIndexOnline(
            model_name='outgoingmail',
            index=models.Index(condition=models.Q(('attempts__lt', 5), ('sent_at', None)), fields=['due_at'], name='mail_to_send'),
        ),
        # What the version before asks is answered by the new one as well.
        migrations.RemoveIndex(
            model_name='outgoingmail',
            name='mail_waiting',
        ),
    ]
