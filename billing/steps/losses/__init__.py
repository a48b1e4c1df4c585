"""What takes access away: collected while a run reads, and done at its end at the earliest.

Here belongs everything that can close a company. It is written after a second reading that says the same, and if it is
much, after a yes.

overdue      whose due date has passed, while WHMCS says nothing new
counting     how many lose access, of how many, and when that is too many
unread       whom a paid service lets in where nothing is read at all
weighing     what goes on and what waits
confirming   the second reading
closing      all of it in order, as the end of a run needs it
"""
