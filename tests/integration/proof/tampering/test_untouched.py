"""What nobody changed fits: or else the tests beside this one would show nothing."""


def test_what_nobody_changed_fits(look_again, clock):
    report = look_again()
    assert report.misfits.told == []
    assert (report.logs[0].unverified, report.unreadable) == (0, 0)
    assert report.logs[0].size > 256
    assert report.waiting
    assert report.statements
    assert report.stops == 2
    assert report.logs[0].attestations == (2 if clock else 1)
