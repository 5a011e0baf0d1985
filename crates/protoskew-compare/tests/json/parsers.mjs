// `node parsers.mjs FOLDER`: reads with protobuf-es, which npm installed in FOLDER, what it has itself written as JSON.
// Questions on standard input, a list of {writer, reader, message, binary}; answers: {written, strict, lenient}, a binary or null where refused.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const module = (path) => import(pathToFileURL(`${process.argv[2]}/node_modules/@bufbuild/protobuf/dist/esm/${path}`));
const { createFileRegistry, fromBinary, fromJsonString, toBinary, toJsonString } = await module("index.js");
const { FileDescriptorSetSchema } = await module("wkt/index.js");

const registries = new Map();
const registry = (folder) => {
  if (!registries.has(folder)) {
    const set = fromBinary(FileDescriptorSetSchema, readFileSync(`${folder}/set.binpb`));
    registries.set(folder, createFileRegistry(set));
  }
  return registries.get(folder);
};
const hex = (bytes) => Buffer.from(bytes).toString("hex");

const answers = JSON.parse(readFileSync(0, "utf8")).map(({ writer, reader, message, binary }) => {
  const [from, to] = [registry(writer), registry(reader)];
  const [sent, read] = [from.getMessage(message), to.getMessage(message)];
  const written = toJsonString(sent, fromBinary(sent, Buffer.from(binary, "hex")), { registry: from });
  const parsed = (ignoreUnknownFields) => {
    try {
      return hex(toBinary(read, fromJsonString(read, written, { ignoreUnknownFields, registry: to })));
    } catch {
      return null;
    }
  };
  return { written, strict: parsed(false), lenient: parsed(true) };
});
process.stdout.write(JSON.stringify(answers));
