"""Chances of a policy's levels as a file: learned once, looked at, loaded again."""
