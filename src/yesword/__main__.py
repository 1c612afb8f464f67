"""`python -m yesword`: how processes start each other, whatever is on the PATH."""

from yesword.cli import main

main()
