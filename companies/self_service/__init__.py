"""What customers can ask of billing by themselves, and what their pages show of the answers.

The answers come from a backend that `billing` registers (`backend`).
"""
