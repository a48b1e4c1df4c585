"""What is done with what was read: whole pages, rows that can't be read, and services that are on no page.

Here belongs the way from a page to written changes. Good news is written here; what takes access away is only
collected, for `losses`.

page         a page, from reading to writing
unreadable   rows that can't be read
missing      services that the list lacks, and asking for them one by one
absence      what a run concludes from that
"""
