"""Is it true? Each claim about people beside a trivial baseline, on data whose answer is known: `python -m benchmarks.validity`."""
