"""Safeguards: reasons to distrust what was read, or to ask an operator before acting on it.

Here belongs what stops a whole run and not just one service, and the questions that wait for approval. It reads our
rows and a few clients at WHMCS. It writes questions and the clock difference, but no services or companies.

identity       is it still the same WHMCS?
clock          do its clock and ours agree?
first_import   are these the intended services?
holding        questions that wait for approval, and the answers
figures        what an operator sees beside a question
"""
