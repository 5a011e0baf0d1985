"""Prints what protobuf's own runtime resolves of every element of a descriptor set: features, and what they make of fields and enums.

usage: resolved.py SET, which gives lines of `kind name|field_presence EXPLICIT, ...|explicit packed`
"""

import sys

from google.protobuf import descriptor_pb2, descriptor_pool

FEATURES = [f.name for f in descriptor_pb2.FeatureSet.DESCRIPTOR.fields if f.number <= 8]
SYNTHETIC = set()


def flags_of(kind, it):
    """What follows of the features, in words."""
    if kind == "enum":
        return ["closed" if it.is_closed else "open"]
    if kind not in ("field", "extension"):
        return []
    flags = ["required" if it.is_required else "explicit" if it.has_presence else "implicit"]
    is_map = it.message_type is not None and it.message_type.GetOptions().map_entry
    if it.is_packed and not is_map:
        flags.append("packed")
    if it.type == it.TYPE_GROUP:
        flags.append("delimited")
    return flags


def say(kind, name, descriptor):
    features = descriptor._GetFeatures()
    named = []
    for feature in FEATURES:
        field = descriptor_pb2.FeatureSet.DESCRIPTOR.fields_by_name[feature]
        value = field.enum_type.values_by_number[getattr(features, feature)].name
        named.append(feature + " " + value)
    print(kind + " " + name + "|" + ", ".join(named) + "|" + " ".join(flags_of(kind, descriptor)))


def message(it):
    if it.GetOptions().map_entry:
        return
    say("message", it.full_name, it)
    for field in it.fields:
        say("field", field.full_name, field)
    for oneof in it.oneofs:
        if oneof.full_name not in SYNTHETIC:
            say("oneof", oneof.full_name, oneof)
    for nested in it.nested_types:
        message(nested)
    for nested in it.enum_types:
        enum(nested)
    for extension in it.extensions:
        say("extension", extension.full_name, extension)


def find_synthetic(proto, scope):
    """Oneofs that stand for `optional` in proto3: nobody wrote them."""
    name = scope + proto.name
    for field in proto.field:
        if field.proto3_optional:
            SYNTHETIC.add(name + "." + proto.oneof_decl[field.oneof_index].name)
    for nested in proto.nested_type:
        find_synthetic(nested, name + ".")


def enum(it):
    say("enum", it.full_name, it)
    for value in it.values:
        say("value", it.full_name + "." + value.name, value)


def main():
    with open(sys.argv[1], "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read()).file
    pool = descriptor_pool.DescriptorPool()
    for proto in files:
        pool.Add(proto)
        for each in proto.message_type:
            find_synthetic(each, proto.package + "." if proto.package else "")
    for proto in files:
        it = pool.FindFileByName(proto.name)
        say("file", proto.name, it)
        for each in it.message_types_by_name.values():
            message(each)
        for each in it.enum_types_by_name.values():
            enum(each)
        for each in it.extensions_by_name.values():
            say("extension", each.full_name, each)
        for service in it.services_by_name.values():
            say("service", service.full_name, service)
            for method in service.methods:
                say("method", service.full_name + "." + method.name, method)


main()
