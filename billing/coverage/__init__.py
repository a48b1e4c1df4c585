"""Which plans WHMCS's services name, and whether there is one here for each."""

from billing.coverage.load import is_anything_known, load_matrix
from billing.coverage.matrix import Count, Line, Matrix, Verdict, key_of

__all__ = ["Count", "Line", "Matrix", "Verdict", "is_anything_known", "key_of", "load_matrix"]
