"""What makes the customers' pages and mails the operator's own: a name, a logo, a colour."""
