"""Mail: `outbox` stores and sends it, `rendering` writes its text, `access_notices` tells owners how their company
stands, by the rules of `notice_rules` (pure).

Writes `OutgoingMail` and nothing else.
"""
