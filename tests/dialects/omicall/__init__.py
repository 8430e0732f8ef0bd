"""OMICall over HTTP."""
