"""The five dialects over HTTP, on a real MongoDB."""
