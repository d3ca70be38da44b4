"""How fast, how large: figures with the machine and the commit they were taken on, always beside a named peer."""
