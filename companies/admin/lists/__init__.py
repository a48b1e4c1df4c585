"""What all admin lists share, also those of other apps: paging, searching, filters, read-only admins."""
