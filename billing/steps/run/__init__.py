"""What every step of a run shares: what it works with, what it knows so far, and its book.

Here belongs what most steps use and what knows none of them. It writes only about the run itself: the run's row, its
records, and what needs attention.

context       one run, as it is handed from step to step
beginning     how a run gets its context
policy        what its decisions rest on
batching      pages whose changes wait to be decided on together
findings      what it found so far and has to act upon at its end
out_of_turn   what it does between two steps for those who wait
evidence      against which companies the reading counts
report        what was done, counted and recorded
progress      how far it is, and how long its phases take
throughput    how fast it goes
attention     what a person should know, listed once for a cause
"""
