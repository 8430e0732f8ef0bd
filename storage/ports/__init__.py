"""What others ask of a store, a module for each who asks; the tenant always comes first, adapters pass one suite."""
