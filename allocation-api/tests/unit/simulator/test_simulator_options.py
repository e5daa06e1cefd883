"""Options of the simulator's own process that cannot be meant."""

from __future__ import annotations

import pytest

from aladdin_simulator.__main__ import main


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "65536"], "65536 is not between 0 and 65535"),
        (["--port", "-1"], "-1 is not between 0 and 65535"),
        (["--port", "http"], "invalid"),
    ],
)
def test_a_port_that_there_is_none_of_is_said(options, said, capsys):
    with pytest.raises(SystemExit) as ended:
        main(options, {})
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
