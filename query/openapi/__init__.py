"""The OpenAPI 3.1 document and its page, made from the tables that answer."""
