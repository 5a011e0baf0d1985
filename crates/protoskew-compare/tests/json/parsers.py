"""Writes messages as JSON with one schema and reads them with another, in Python's parser and in protobuf-es.

Rows on standard input, a JSON list of {writer, reader, message, values}: a side is the text of a file, or texts by path; values
in text format; with `absent` what is not set counts too. Answers on standard output,
one list a row, one entry a value: {written, seen: {parser: {strict, lenient}}}.
"""

import json
import os
import subprocess
import sys
import tempfile

import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory, text_format
from google.protobuf.descriptor import FieldDescriptor
from grpc_tools import protoc

INCLUDE = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")


def compiled(folder, side):
    os.makedirs(folder)
    files = side if isinstance(side, dict) else {"api.proto": side}
    for path, text in files.items():
        with open(os.path.join(folder, path), "w") as file:
            file.write(text)
    out = os.path.join(folder, "set.binpb")
    if protoc.main(["protoc", "-I" + folder, "-I" + INCLUDE, "--include_imports", "--descriptor_set_out=" + out, *files]):
        raise SystemExit("protoc refuses\n" + "\n".join(files.values()))
    pool = descriptor_pool.DescriptorPool()
    with open(out, "rb") as file:
        for each in descriptor_pb2.FileDescriptorSet.FromString(file.read()).file:
            pool.AddSerializedFile(each.SerializeToString())
    return pool


def message(pool, name):
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))()


def one(field, value, pool, names=True):
    """A value as text by which two sides are compared, whatever its type is there: of an enum its name, or its number."""
    if field.type == FieldDescriptor.TYPE_BYTES:
        return value.decode("latin-1")
    if field.type in (FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_GROUP):
        if value.DESCRIPTOR.full_name.startswith("google.protobuf."):
            plain = json_format.MessageToDict(value, descriptor_pool=pool)
            return plain if isinstance(plain, (list, dict)) else text(plain)
        return held(value, pool, names)
    if field.type == FieldDescriptor.TYPE_ENUM and names:
        # of several names of a number the first by the alphabet, which is what rows have in common on both sides
        names = [each.name for each in field.enum_type.values if each.number == value]
        return min(names) if names else str(value)
    return text(value)


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, float):
        return repr(int(value)) if value == value and abs(value) < 1e18 and value == int(value) else repr(value)
    return str(value)


def held(of, pool, names=True):
    values = []
    # by the name in JSON: numbers may differ
    for field, value in sorted(of.ListFields(), key=lambda each: each[0].json_name):
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name["value"]
            values.append({text(key): one(entry, each, pool, names) for key, each in sorted(value.items(), key=str)})
        elif field.is_repeated:
            values.append([one(field, each, pool, names) for each in value])
        else:
            values.append(one(field, value, pool, names))
    return values


def leaves(value):
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


def seen(sent, read):
    if sent == read or leaves(sent) == leaves(read):
        return "arrives"
    got = list(leaves(read))
    rest = list(leaves(sent))
    for leaf in got:
        if leaf not in rest:
            return "another"
        rest.remove(leaf)
    return "vanishes" if rest else "arrives"


BEST = ["arrives", "vanishes", "another"]
KINDS = [
    {FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT32, FieldDescriptor.CPPTYPE_UINT64},
    {FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE},
    {FieldDescriptor.CPPTYPE_BOOL},
    {FieldDescriptor.CPPTYPE_ENUM},
    {FieldDescriptor.CPPTYPE_STRING},
]


def absent_differs(sent, read, pools):
    """Whether a single field that is not set means another value to the reader than to the writer."""
    mine, theirs = ({field.json_name for field, _ in of.ListFields()} for of in (sent, read))
    fields = {field.json_name: field for field in read.DESCRIPTOR.fields}
    for field in sent.DESCRIPTOR.fields:
        other = fields.get(field.json_name)
        if other is None or field.json_name in mine | theirs or field.is_repeated or other.is_repeated:
            continue
        if not any(field.cpp_type in kind and other.cpp_type in kind for kind in KINDS):
            continue
        if FieldDescriptor.TYPE_BYTES in (field.type, other.type) and field.type != other.type:
            continue
        if one(field, field.default_value, pools[0]) != one(other, other.default_value, pools[1]):
            return True
    return False


def became(sent, read, pools, absent):
    """What became of a message: an enum's value arrives by its name or by its number."""
    if absent and absent_differs(sent, read, pools):
        return "another"
    ways = [seen(held(sent, pools[0], names), held(read, pools[1], names)) for names in (True, False)]
    return min(ways, key=BEST.index)


def main():
    rows = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as scratch:
        asked = []
        known = {}
        for index, row in enumerate(rows):
            for side in ("writer", "reader"):
                key = json.dumps(row[side])
                if key not in known:
                    folder = os.path.join(scratch, str(len(known)))
                    known[key] = (folder, compiled(folder, row[side]))
            folders, pools = zip(*(known[json.dumps(row[side])] for side in ("writer", "reader")))
            for value in row["values"]:
                sent = text_format.Parse(value, message(pools[0], row["message"]), descriptor_pool=pools[0])
                written = json_format.MessageToJson(sent, indent=None, descriptor_pool=pools[0])
                binary = sent.SerializePartialToString()
                asked.append(
                    {"row": index, "writer": folders[0], "reader": folders[1], "message": row["message"], "binary": binary.hex()}
                )
                asked[-1]["kept"] = (sent, written, pools, row.get("absent", False))
        questions = [{key: value for key, value in each.items() if key != "kept"} for each in asked]
        node = subprocess.run(
            ["node", os.path.join(os.path.dirname(os.path.abspath(__file__)), "parsers.mjs"), sys.argv[1]],
            input=json.dumps(questions), capture_output=True, text=True,
        )
        if node.returncode:
            raise SystemExit(node.stderr)
        answers = [[] for _ in rows]
        for each, es in zip(asked, json.loads(node.stdout), strict=True):
            sent, written, pools, absent = each["kept"]
            found = {"upb": {}, "protobuf-es": {}}
            for how, ignore in (("strict", False), ("lenient", True)):
                try:
                    read = message(pools[1], each["message"])
                    json_format.Parse(written, read, ignore_unknown_fields=ignore, descriptor_pool=pools[1])
                    found["upb"][how] = became(sent, read, pools, absent)
                except json_format.ParseError:
                    found["upb"][how] = "refused"
                binary = es[how]
                if binary is None:
                    found["protobuf-es"][how] = "refused"
                else:
                    read = message(pools[1], each["message"])
                    read.ParseFromString(bytes.fromhex(binary))
                    found["protobuf-es"][how] = became(sent, read, pools, absent)
            answers[each["row"]].append({"written": [written, es["written"]], "seen": found})
        json.dump(answers, sys.stdout)


main()
