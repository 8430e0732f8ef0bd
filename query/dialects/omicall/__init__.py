"""OMICall's call transactions: lists, reports, tags, notes and scores as its clients know them."""
