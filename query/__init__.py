"""Answer questions about calls: the native API and five call-history dialects."""
