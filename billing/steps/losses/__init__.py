"""Losses of access: collected while a run reads, and carried out at its end at the earliest.

Here belongs everything that can close a company. A loss is written only after a second reading that says the same;
too many losses also need approval.

overdue          companies whose due date has passed while WHMCS says nothing new
counting         how many lose access, of how many, and when that is too many
unread           opens companies with a paid service while their gateway is not read
evidence         whether a reading is enough evidence for a loss
weighing         which losses go on and which wait
second_reading   reads the service of a loss again, and the other services of its company
confirming       what follows from the second reading
closing          all of it in order, at the end of a run
"""
