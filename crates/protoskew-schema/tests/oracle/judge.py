"""Asks protoc about each of a list of files alone; prints what it says.

usage: judge.py ROOT... < paths, one a line

One line a file: its path, `taken` or `refused`, and protoc's first error.
"""

import os
import sys
import tempfile

from grpc_tools import protoc
import grpc_tools


def judge(roots, path, scratch):
    arguments = ["protoc"] + ["-I" + root for root in roots]
    arguments += ["--descriptor_set_out=" + os.devnull, path]
    scratch.seek(0)
    scratch.truncate()
    taken = protoc.main(arguments) == 0
    scratch.seek(0)
    said = scratch.read().decode("utf-8", "replace").splitlines()
    errors = [line for line in said if "warning" not in line.lower()] if not taken else []
    return "taken" if taken else "refused", errors[0] if errors else ""


def judge_in_child(roots, paths, scratch):
    """Yields answers until they are all given, or until a file ends protoc itself."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        # protoc writes past python's own stderr
        os.dup2(scratch.fileno(), 2)
        with os.fdopen(writer, "w", encoding="utf-8", errors="replace") as answers:
            for path in paths:
                answers.write("|".join((path, *judge(roots, path, scratch))) + "\n")
                answers.flush()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as answers:
        yield from (line.rstrip("\n") for line in answers)
    os.waitpid(child, 0)


def main():
    roots = sys.argv[1:] + [os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")]
    paths = [line.rstrip("\n") for line in sys.stdin]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    with tempfile.TemporaryFile() as scratch:
        while paths:
            answers = list(judge_in_child(roots, paths, scratch))
            for answer in answers:
                print(answer)
            paths = paths[len(answers) :]
            if paths:
                print(paths.pop(0) + "|refused|protoc itself ended here")


main()
