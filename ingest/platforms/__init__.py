"""One module a platform: how it proves who sends, what its webhook speaks of, what must be cut out."""
