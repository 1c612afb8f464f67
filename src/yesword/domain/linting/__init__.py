"""The linter of wordings: what a disclosure, a program or a text lacks, says too much, or could say better.

The gate decides whether a text may go; here it is read beforehand, with words for what is missing. Entry points are
`disclosures.lint_disclosure`, `texts.lint_text`, `texts.lint_template` and `programs.lint_program`. What the gate has
to know of a text's words is in `measuring`, which imports none of these: nothing is imported here, so that measuring a
text costs no more than that.
"""
