"""Benchmarks as ratios: `make bench`, or `python -m bench --help`.

Every figure is compared with another one of the same run on the same machine, so that it means the same on a fast
machine and on a slow one. Nothing here is a test: figures are reported, with their goals, and asserted nowhere.
"""
