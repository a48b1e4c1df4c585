"""What all runs share: who may write, when the next run is due, how one ends early, and what is reported about it.

`lease` and `schedule` use columns of the gateway; `stopping` asks a long run to end; `retention` deletes old runs;
`log_context`, `progress`, `changes` and `unexpected` report. What a run does is in `billing.steps`, which builds on
this package and is never imported by it.
"""
