"""What all steps of a run share: its tools, what it knows so far, and its report.

Here belongs what most steps use and what imports none of them. It writes only about the run itself: the run's row, its
records, and attention items.

context       the state of one run, passed from step to step
beginning     makes the context of a run
policy        the settings that decisions depend on
batching      collects pages whose changes are decided together
findings      what the run found so far and has to act upon at its end
out_of_turn   work between two steps for those who wait
evidence      against which companies the reading is evidence
report        collects what is told of the run: counts, records, attention items, doubts
tally         counts the services, each under its result
progress      how far the run is, and how long its phases take
throughput    how fast the run is
attention     opens attention items, one for each cause
"""
