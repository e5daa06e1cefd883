"""Running a command of `python -m app` in this process."""

from click.testing import CliRunner


def run_command(command, *arguments):
    """Return exit status, output and errors of a command."""
    done = CliRunner().invoke(command, list(arguments))
    return done.exit_code, done.stdout, done.stderr
