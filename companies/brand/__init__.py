"""The operator's brand on the customers' pages and mails: a name, a logo and a colour."""
