"""Asks protoc about each of a list of files alone; prints what it says.

usage: judge.py < files, one a line: its path, where its descriptor set shall be written (or nothing), and the roots, parted by tabs

One line a file, in their order: `taken` or `refused`, and protoc's first error.
"""

import os
import sys
import tempfile

from grpc_tools import protoc
import grpc_tools

OWN_ROOT = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")


def judge(line, scratch):
    path, output, *roots = line.split("\t")
    arguments = ["protoc"] + ["-I" + root for root in roots + [OWN_ROOT]]
    arguments += ["--include_imports", "--include_source_info", "--retain_options"]
    arguments += ["--descriptor_set_out=" + (output or os.devnull), path]
    scratch.seek(0)
    scratch.truncate()
    taken = protoc.main(arguments) == 0
    scratch.seek(0)
    said = scratch.read().decode("utf-8", "replace").splitlines()
    errors = [line for line in said if "warning" not in line.lower()] if not taken else []
    return "taken" if taken else "refused", errors[0] if errors else ""


def judge_in_child(lines, scratch):
    """Yields answers until they are all given, or until a file ends protoc itself."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        # protoc writes past python's own stderr
        os.dup2(scratch.fileno(), 2)
        with os.fdopen(writer, "w", encoding="utf-8", errors="replace") as answers:
            for line in lines:
                answers.write("|".join(judge(line, scratch)).replace("\n", " ") + "\n")
                answers.flush()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as answers:
        yield from (line.rstrip("\n") for line in answers)
    os.waitpid(child, 0)


def main():
    lines = [line.rstrip("\n") for line in sys.stdin]
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    with tempfile.TemporaryFile() as scratch:
        while lines:
            answers = list(judge_in_child(lines, scratch))
            for answer in answers:
                print(answer)
            lines = lines[len(answers) :]
            if lines:
                print("refused|protoc itself ended here")
                lines.pop(0)


main()
