from django.db import migrations

from companies.database.online import LeaveRoomForUpdates


class Migration(migrations.Migration):
    """At the turn of a month all due dates move, of which there is no index: half a page is room for each of them."""

    dependencies = [("billing", "0018_no_lookups_for_records")]

    operations = [LeaveRoomForUpdates(model_name="subscription", filled=50)]
