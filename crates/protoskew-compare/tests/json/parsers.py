"""Writes messages as JSON with one schema and reads them with another, in Python's parser and in protobuf-es.

Rows on standard input, a JSON list of {writer, reader, message, values}: a side is the text of a file, or texts by path; values
in text format; with `absent` what is not set counts too. Answers on standard output,
one list a row, one entry a value: {written, seen: {parser: {strict, lenient}}}.
"""

import json
import math
import os
import struct
import subprocess
import sys
import tempfile
from fractions import Fraction

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


def one(field, value, pool, names=True, short=False):
    """A value as text by which two sides are compared, whatever its type is there: of an enum its name, or its number."""
    if field.type == FieldDescriptor.TYPE_BYTES:
        return value.decode("latin-1")
    if field.type in (FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_GROUP):
        if value.DESCRIPTOR.full_name.startswith("google.protobuf."):
            plain = json_format.MessageToDict(value, descriptor_pool=pool)
            return plain if isinstance(plain, (list, dict)) else text(plain)
        return held(value, pool, names, short=short)
    if field.type == FieldDescriptor.TYPE_ENUM and names:
        # of several names of a number the first by the alphabet, which is what rows have in common on both sides
        names = [each.name for each in field.enum_type.values if each.number == value]
        return min(names) if names else str(value)
    if field.type == FieldDescriptor.TYPE_FLOAT and short:
        return text(shortest(value))
    return text(value)


def shortest(value):
    """The number of the shortest text that reads as this one in 32 bits."""
    for digits in range(6, 9):
        found = float(f"{value:.{digits}g}")
        if math.isfinite(found) and struct.pack("f", found) == struct.pack("f", value):
            return found
    return value


def key(field):
    """The name that is written."""
    return f"[{field.full_name}]" if field.is_extension else field.json_name


def all_fields(of, pool):
    """The fields and extensions that a message may have."""
    return [*of.DESCRIPTOR.fields, *pool.FindAllExtensions(of.DESCRIPTOR)]


def text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, float):
        return repr(int(value)) if value == value and abs(value) < 1e18 and value == int(value) else repr(value)
    return str(value)


def held(of, pool, names=True, zeros=(), short=False):
    """The values that are set; of `zeros`, fields without presence, those that are not set too."""
    values = []
    fields = of.ListFields()
    fields += [(field, field.default_value) for field in of.DESCRIPTOR.fields if field.json_name in zeros]
    # by the name in JSON: numbers may differ
    for field, value in sorted(fields, key=lambda each: key(each[0])):
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            entry = field.message_type.fields_by_name["value"]
            values.append({text(at): one(entry, each, pool, names, short) for at, each in sorted(value.items(), key=str)})
        elif field.is_repeated:
            values.append([one(field, each, pool, names, short) for each in value])
        else:
            values.append(one(field, value, pool, names, short))
    return values


def zeros_that_arrive(sent, read):
    """Fields that hold a zero: to a reader without presence it has arrived, though nothing is set there."""
    there = {key(field) for field, _ in read.ListFields()}
    zeros = {
        key(field)
        for field, value in sent.ListFields()
        if not field.is_repeated and field.message_type is None and value == type(value)()
    }
    return {
        field.json_name
        for field in read.DESCRIPTOR.fields
        if field.json_name in zeros - there and not field.has_presence and not field.is_repeated
    }


def leaves(value):
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [value]


def seen(sent, read):
    if sent == read or leaves(sent) == leaves(read):
        return "arrives"
    rest = list(leaves(sent))
    others = []
    for leaf in leaves(read):
        if leaf in rest:
            rest.remove(leaf)
        else:
            others.append(leaf)
    for leaf in others:
        near = next((each for each in rest if is_rounded(each, leaf)), None)
        if near is None:
            return "another"
        rest.remove(near)
    return "rounded" if others else "vanishes" if rest else "arrives"


def is_rounded(one, other):
    """Whether two texts are of numbers as near to each other as one number is in two widths."""
    try:
        one, other = Fraction(one), Fraction(other)
    except (ValueError, TypeError):
        return False
    return one != 0 and abs(one - other) < abs(one) * Fraction(1, 1 << 22)


BEST = ["arrives", "vanishes", "rounded", "another"]
KINDS = [
    # an enum and an integer are one by the number
    {
        FieldDescriptor.CPPTYPE_INT32,
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT32,
        FieldDescriptor.CPPTYPE_UINT64,
        FieldDescriptor.CPPTYPE_ENUM,
    },
    {FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE},
    {FieldDescriptor.CPPTYPE_BOOL},
    {FieldDescriptor.CPPTYPE_STRING},
]


def on_the_wire(field):
    """How values lie in the bytes: what changes that is another field."""
    alike = [
        {FieldDescriptor.TYPE_INT32, FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT32, FieldDescriptor.TYPE_UINT64,
         FieldDescriptor.TYPE_BOOL, FieldDescriptor.TYPE_ENUM},
        {FieldDescriptor.TYPE_SINT32, FieldDescriptor.TYPE_SINT64},
        {FieldDescriptor.TYPE_FIXED32, FieldDescriptor.TYPE_SFIXED32},
        {FieldDescriptor.TYPE_FIXED64, FieldDescriptor.TYPE_SFIXED64},
        {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES},
    ]
    return next((kinds for kinds in alike if field.type in kinds), {field.type})


def is_in_oneof(field):
    oneof = field.containing_oneof
    # the oneof of a proto3 optional is none
    return oneof is not None and not (len(oneof.fields) == 1 and oneof.name == "_" + field.name)


def absent_differs(sent, read, pools):
    """Whether a single field that is not set means another value to the reader than to the writer."""
    mine, theirs = ({key(field) for field, _ in of.ListFields()} for of in (sent, read))
    fields = {key(field): field for field in all_fields(read, pools[1])}
    numbered = {field.number: field for field in fields.values()}
    written = {key(field) for field in all_fields(sent, pools[0])}
    for field in all_fields(sent, pools[0]):
        other = fields.get(key(field))
        if other is None:
            # what is not there has no name: of a field that was renamed the number tells which it is, if the bytes are read alike
            other = numbered.get(field.number)
            if other is None or key(other) in written or on_the_wire(field) != on_the_wire(other):
                continue
        if key(field) in mine or key(other) in theirs or field.is_repeated or other.is_repeated:
            continue
        # whoever reads a oneof asks first what is set; who had a default of the field's own read that
        in_oneof = [is_in_oneof(each) for each in (field, other)]
        if all(in_oneof) or any(in_oneof) and not (field.has_default_value or other.has_default_value):
            continue
        if not any(field.cpp_type in kind and other.cpp_type in kind for kind in KINDS):
            continue
        if FieldDescriptor.TYPE_BYTES in (field.type, other.type) and field.type != other.type:
            continue
        # two enums agree where the name or the number is the same
        both = field.enum_type is not None and other.enum_type is not None
        ways = (True, False) if both else (False,)
        same = (one(field, field.default_value, pools[0], names) == one(other, other.default_value, pools[1], names) for names in ways)
        if not any(same):
            return True
    return False


def became(sent, read, pools, absent):
    """What became of a message: an enum's value arrives by its name or by its number, a float by its digits or by its shortest text."""
    if absent and absent_differs(sent, read, pools):
        return "another"
    zeros = zeros_that_arrive(sent, read)
    ways = [
        seen(held(sent, pools[0], names, short=short), held(read, pools[1], names, zeros, short))
        for names in (True, False)
        for short in (False, True)
    ]
    return min(ways, key=BEST.index)


def main():
    rows = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as scratch:
        asked = []
        known = {}
        for index, row in enumerate(rows):
            for side in ("writer", "reader"):
                at = json.dumps(row[side])
                if at not in known:
                    folder = os.path.join(scratch, str(len(known)))
                    known[at] = (folder, compiled(folder, row[side]))
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
