// protobuf-es: `es.mjs FOLDER` answers each request on standard input with one line, as README.md says.
// Its generated code is the descriptor itself, so there is one way to read.

import { readFileSync } from "node:fs";
import { ScalarType, createFileRegistry, fromBinary, fromJson, hasExtension, getExtension, toBinary, toJson } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { answerAll, double, float, hex, sorted } from "./answer.mjs";

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(`${process.argv[2]}/set.binpb`)));
const extensions = [...registry].filter((each) => each.kind === "extension");

function scalar(type, held) {
  switch (type) {
    case ScalarType.STRING:
      return hex(Buffer.from(held, "utf8"));
    case ScalarType.BYTES:
      return hex(held);
    case ScalarType.FLOAT:
      return float(held);
    case ScalarType.DOUBLE:
      return double(held);
    default:
      return String(held);
  }
}

function one(kind, field, held) {
  if (kind === "message") return fields(held);
  return kind === "enum" ? String(held) : scalar(field.scalar, held);
}

function value(field, held) {
  if (field.fieldKind === "list") return [...held].map((each) => one(field.listKind, field, each));
  if (field.fieldKind === "map") {
    const pairs = [...held].map(([key, each]) => [scalar(field.mapKey, key), one(field.mapKind, field, each)]);
    return { map: sorted(pairs) };
  }
  return one(field.fieldKind, field, held);
}

function fields(message) {
  const found = {};
  for (const field of message.fields) {
    if (message.isSet(field)) found[field.number] = value(field, message.get(field));
  }
  for (const extension of extensions) {
    if (extension.extendee.typeName === message.desc.typeName && hasExtension(message.message, extension)) {
      const held = getExtension(message.message, extension);
      const nested = extension.fieldKind === "message" ? reflect(extension.message, held) : held;
      found[extension.number] = value(extension, nested);
    }
  }
  return found;
}

function getters(message) {
  const found = {};
  for (const field of message.fields) {
    if ((field.fieldKind === "scalar" || field.fieldKind === "enum") && field.oneof === undefined) {
      // what a program reads: unset fields come from the prototype
      const held = message.message[field.localName];
      if (held !== undefined) found[field.number] = one(field.fieldKind, field, held);
    }
  }
  return found;
}

await answerAll((mode, name, bytes) => {
  const schema = registry.getMessage(name);
  if (schema === undefined) return undefined;
  let message;
  if (mode === "json" || mode === "json-lenient") {
    const options = { registry, ignoreUnknownFields: mode === "json-lenient" };
    message = fromJson(schema, JSON.parse(Buffer.from(bytes).toString("utf8")), options);
  } else {
    message = fromBinary(schema, bytes);
  }
  const view = reflect(schema, message, false);
  const answer = { message: fields(view), getters: getters(view) };
  const attempt = (key, write) => {
    try {
      answer[key] = write();
    } catch (error) {
      answer[`${key}_refused`] = `${error.name}: ${error.message}`;
    }
  };
  attempt("binary", () => hex(toBinary(schema, message)).slice(1));
  attempt("json", () => JSON.stringify(toJson(schema, message, { registry })));
  return answer;
});
