"""The compiled kernel: the candidates of the cascade from the person index, without SQL joins."""
