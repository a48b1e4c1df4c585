"""What customers may ask of billing by themselves, and what their pages show of it.

Nothing here knows who answers: the layer above does.
"""
