"""Schema changes of the state database, oldest first; applied when a workspace is opened."""
