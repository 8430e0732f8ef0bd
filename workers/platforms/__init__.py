"""One module a platform: what its webhook says about a call, as a pure function from bytes to facts."""
