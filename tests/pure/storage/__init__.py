"""The store's pure middle: folding, deriving, documents, filters."""
