"""Reasons not to believe what was read, or to ask a person before it is done.

Here belongs what stops a whole run and not one service, and the questions that wait for a yes. It reads our rows and a
few clients at WHMCS. It writes questions, and nothing of a service or a company.

identity       is it still the same WHMCS?
clock          is its today ours?
first_import   are these the services that were meant?
holding        questions that wait for a yes, and the answers
figures        what an operator sees beside a question
"""
