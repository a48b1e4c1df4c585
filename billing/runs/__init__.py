"""Runs, whatever they read: who may write, when the next one is due, how one ends early, and what is told of it.

`lease` and `schedule` keep it in columns of the gateway; `stopping` asks a long run to end, `retention` drops old ones;
`log_context`, `progress`, `changes` and `unexpected` tell of it. What a run does is in `billing.steps`: that builds on
this, and this never on it.
"""
