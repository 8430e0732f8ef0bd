"""What the dialects' questions mean, in the plainest Python, read from their contracts alone."""
