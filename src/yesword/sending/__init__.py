"""From a plan to a phone: audience, claim, hand-over, record; and what comes back: texts, stops, delivery reports."""
