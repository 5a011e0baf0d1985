"""Asks protoc, and the runtime's own reading of features, what a set of files says; prints one fact a line.

usage: describe.py ROOT... < paths, one a line
"""

import os
import struct
import sys
import tempfile
import unicodedata

from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_tools import protoc
import grpc_tools

FIELD = descriptor_pb2.FieldDescriptorProto
FEATURES = descriptor_pb2.FeatureSet
LAST = 536870911


def escape(data, keep_unicode):
    out = []
    simple = {10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 39: "\\'", 92: "\\\\"}
    text = data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else data
    for char in text:
        code = ord(char)
        if code in simple:
            out.append(simple[code])
        elif 32 <= code < 127:
            out.append(char)
        elif keep_unicode and not 0xD800 <= code < 0xE000 and unicodedata.category(char) != "Cc":
            out.append(char)
        else:
            out.extend("\\%03o" % byte for byte in char.encode("utf-8", "surrogateescape"))
    return "".join(out)


def default_of(proto, field):
    if not proto.HasField("default_value"):
        return "-"
    if field.type in (FIELD.TYPE_FLOAT, FIELD.TYPE_DOUBLE):
        value = field.default_value
        return "nan" if value != value else struct.pack(">d", value).hex()
    if field.type == FIELD.TYPE_STRING:
        return escape(field.default_value, True)
    if field.type == FIELD.TYPE_BYTES:
        return escape(field.default_value, False)
    return proto.default_value


def type_of(field):
    if field.message_type is not None:
        return "." + field.message_type.full_name
    if field.enum_type is not None:
        return "=" + field.enum_type.full_name
    return FIELD.Type.Name(field.type)[5:].lower()


def flag(value):
    return "1" if value else "0"


def field_facts(proto, field, oneof):
    is_map = field.message_type is not None and field.message_type.GetOptions().map_entry
    verified = field._GetFeatures().utf8_validation == FEATURES.VERIFY
    if is_map:
        key = field.message_type.fields_by_number[1]
        value = field.message_type.fields_by_number[2]
        ty, cardinality = type_of(value), "map " + type_of(key)
        text = FIELD.TYPE_STRING in (key.type, value.type)
    else:
        ty, cardinality = type_of(field), "repeated" if field.is_repeated else "singular"
        text = field.type == FIELD.TYPE_STRING
    presence = "required" if field.is_required else "explicit" if field.has_presence else "implicit"
    return [
        proto.name,
        proto.json_name,
        str(proto.number),
        ty,
        cardinality,
        presence,
        oneof,
        default_of(proto, field),
        "packed=" + flag(not is_map and field.is_packed),
        "delimited=" + flag(field.type == FIELD.TYPE_GROUP),
        "utf8=" + flag(text and verified),
        "deprecated=" + flag(proto.options.deprecated),
    ]


class Describer:
    def __init__(self, pool, out):
        self.pool = pool
        self.out = out

    def say(self, *words):
        self.out.append("|".join(words))

    def options(self, kind, name, index, proto):
        data = proto.options.SerializeToString()
        if data:
            self.say("options", kind, name, str(index), data.hex())

    def file(self, proto):
        edition = {"": "Proto2", "proto2": "Proto2", "proto3": "Proto3"}.get(proto.syntax)
        if edition is None:
            edition = descriptor_pb2.Edition.Name(proto.edition).replace("EDITION_", "E")
        self.say("file", proto.name, edition, proto.package)
        self.options("FileOptions", proto.name, 0, proto)
        for index, path in enumerate(proto.dependency):
            kind = "Public" if index in proto.public_dependency else "Plain"
            kind = "Weak" if index in proto.weak_dependency else kind
            self.say("import", proto.name, path, kind)
        for path in proto.option_dependency:
            self.say("import", proto.name, path, "Option")
        scope = proto.package + "." if proto.package else ""
        for message in proto.message_type:
            self.message(message, scope)
        for enum in proto.enum_type:
            self.enum(enum, scope)
        for extension in proto.extension:
            self.extension(extension, scope)
        for service in proto.service:
            self.service(service, scope)

    def message(self, proto, scope):
        if proto.options.map_entry:
            return
        name = scope + proto.name
        message = self.pool.FindMessageTypeByName(name)
        self.say("message", name, "deprecated=" + flag(proto.options.deprecated))
        self.options("MessageOptions", name, 0, proto)
        synthetic = {f.oneof_index for f in proto.field if f.proto3_optional}
        for index, oneof in enumerate(proto.oneof_decl):
            if index not in synthetic:
                self.say("oneof", name, oneof.name)
                self.options("OneofOptions", name, index, oneof)
        for index, field in enumerate(proto.field):
            real = field.HasField("oneof_index") and not field.proto3_optional
            oneof = proto.oneof_decl[field.oneof_index].name if real else "-"
            facts = field_facts(field, message.fields[index], oneof)
            self.say("field", name, str(index), *facts)
            self.options("FieldOptions", name, index, field)
        for r in proto.reserved_range:
            self.say("reserved", name, str(r.start), str(r.end - 1))
        for reserved in proto.reserved_name:
            self.say("reserved name", name, reserved)
        for index, r in enumerate(proto.extension_range):
            self.say("extension range", name, str(r.start), str(r.end - 1))
            self.options("ExtensionRangeOptions", name, index, r)
        for nested in proto.nested_type:
            self.message(nested, name + ".")
        for enum in proto.enum_type:
            self.enum(enum, name + ".")
        for extension in proto.extension:
            self.extension(extension, name + ".")

    def enum(self, proto, scope):
        name = scope + proto.name
        enum = self.pool.FindEnumTypeByName(name)
        options = proto.options
        flags = ["closed=" + flag(enum.is_closed), "alias=" + flag(options.allow_alias)]
        self.say("enum", name, *flags, "deprecated=" + flag(options.deprecated))
        self.options("EnumOptions", name, 0, proto)
        for index, value in enumerate(proto.value):
            deprecated = "deprecated=" + flag(value.options.deprecated)
            self.say("value", name, str(index), value.name, str(value.number), deprecated)
            self.options("EnumValueOptions", name, index, value)
        for r in proto.reserved_range:
            self.say("reserved", name, str(r.start), str(r.end))
        for reserved in proto.reserved_name:
            self.say("reserved name", name, reserved)

    def extension(self, proto, scope):
        name = scope + proto.name
        extension = self.pool.FindExtensionByName(name)
        self.say("extension", name, proto.extendee[1:], *field_facts(proto, extension, "-"))
        self.options("FieldOptions", name, "extension", proto)

    def service(self, proto, scope):
        name = scope + proto.name
        self.say("service", name, "deprecated=" + flag(proto.options.deprecated))
        self.options("ServiceOptions", name, 0, proto)
        for index, method in enumerate(proto.method):
            options = method.options
            level = "-"
            if options.HasField("idempotency_level"):
                level = descriptor_pb2.MethodOptions.IdempotencyLevel.Name(options.idempotency_level)
            self.say(
                "method",
                name,
                str(index),
                method.name,
                "." + method.input_type[1:],
                "." + method.output_type[1:],
                "streams=" + flag(method.client_streaming) + flag(method.server_streaming),
                level,
                "deprecated=" + flag(options.deprecated),
            )
            self.options("MethodOptions", name, index, method)


def compile(roots, paths, output):
    arguments = ["protoc"] + ["-I" + root for root in roots]
    arguments += ["--include_imports", "--retain_options", "--descriptor_set_out=" + output]
    return protoc.main(arguments + paths) == 0


def describe(roots, paths, seen, out, output):
    """Halves what protoc refuses until the files that it refuses stand alone."""
    accepted = compile(roots, paths, output)
    if accepted:
        with open(output, "rb") as file:
            files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
        pool = descriptor_pool.DescriptorPool()
        try:
            for proto in files.file:
                pool.Add(proto)
        except TypeError:
            # the runtime refuses a little more than protoc (JSON names that clash in proto2): then there are no facts
            pool = None
        if pool is not None:
            describer = Describer(pool, out)
            for proto in files.file:
                if proto.name not in seen:
                    seen.add(proto.name)
                    describer.file(proto)
            return
    if len(paths) > 1:
        middle = len(paths) // 2
        describe(roots, paths[:middle], seen, out, output)
        describe(roots, paths[middle:], seen, out, output)
    elif not accepted:
        out.append("rejected|" + paths[0])


def main():
    roots = sys.argv[1:] + [os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")]
    paths = [line.rstrip("\n") for line in sys.stdin if line.strip()]
    out, seen = [], set()
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(paths), 256):
            describe(roots, paths[start : start + 256], seen, out, os.path.join(folder, "set"))
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    for line in out:
        print(line.replace("\n", "\\n"))


main()
