"""What the administration's lists share, also those of other apps: pages, searching, filters, reading only."""
