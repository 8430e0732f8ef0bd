"""What each platform sends, in its own words: event types and their ranks, one module a platform."""
