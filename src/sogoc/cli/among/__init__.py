"""This node among others: joining, grants, questions, journals."""
