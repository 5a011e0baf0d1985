"""upb, the C core of Python's protobuf: `read.py FOLDER` answers each request on standard input with one line, as README.md says."""

import json
import os
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.internal import api_implementation

sys.setrecursionlimit(100_000)


def value(field, held):
    if field.type in (field.TYPE_MESSAGE, field.TYPE_GROUP):
        return fields(held)
    if field.type == field.TYPE_STRING:
        # a string that is no text comes out as bytes
        return "h" + (held if isinstance(held, bytes) else held.encode()).hex()
    if field.type == field.TYPE_BYTES:
        return "h" + held.hex()
    if field.type == field.TYPE_FLOAT:
        return "0x" + struct.pack(">f", held).hex()
    if field.type == field.TYPE_DOUBLE:
        return "0x" + struct.pack(">d", held).hex()
    if field.type == field.TYPE_BOOL:
        return "true" if held else "false"
    return str(held)


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


# A map that holds a string which is no text can be counted and not be read.
UNREADABLE = "its getter raises"


def entries(field, held):
    entry = field.message_type.fields_by_name
    try:
        keys = list(held)
    except UnicodeError:
        return UNREADABLE

    def read(key):
        try:
            return value(entry["value"], held[key])
        except UnicodeError:
            return UNREADABLE

    pairs = [[value(entry["key"], key), read(key)] for key in keys]
    return sorted(pairs, key=lambda pair: json.dumps(pair[0]))


def fields(message):
    found = {}
    for field, held in message.ListFields():
        if is_map(field):
            found[str(field.number)] = {"map": entries(field, held)}
        elif field.is_repeated:
            found[str(field.number)] = [value(field, each) for each in held]
        else:
            found[str(field.number)] = value(field, held)
    return found


def getters(message):
    found = {}
    for field in message.DESCRIPTOR.fields:
        one = not field.is_repeated and field.containing_oneof is None
        if one and field.type not in (field.TYPE_MESSAGE, field.TYPE_GROUP):
            found[str(field.number)] = value(field, getattr(message, field.name))
    return found


def answer(message):
    line = {"message": fields(message), "getters": getters(message)}
    line["binary"] = message.SerializePartialToString().hex()
    try:
        line["json"] = json_format.MessageToJson(message, indent=None)
    except Exception as error:
        line["json_refused"] = str(error)
    return line


def main():
    assert api_implementation.Type() == "upb", api_implementation.Type()
    with open(os.path.join(sys.argv[1], "set.binpb"), "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for each in files.file:
        pool.Add(each)
    classes = {}

    def new(name):
        if name not in classes:
            classes[name] = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
        return classes[name]()

    for each in files.file:
        # extensions are registered by being looked at
        for extension in each.extension:
            pool.FindExtensionByName(each.package + "." + extension.name if each.package else extension.name)

    for line in sys.stdin:
        mode, name, given = line.rstrip("\n").split(" ")
        given = bytes.fromhex(given.removeprefix("-"))
        message = new(name)
        try:
            if mode in ("generated", "dynamic"):
                message.ParseFromString(given)
            else:
                lenient = mode == "json-lenient"
                json_format.Parse(given, message, ignore_unknown_fields=lenient, descriptor_pool=pool)
        except Exception as error:
            print(json.dumps({"refused": f"{type(error).__name__}: {error}"}))
            continue
        print(json.dumps(answer(message)))


main()
