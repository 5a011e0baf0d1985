// protobufjs: `pbjs.mjs MAJOR FOLDER` answers each request on standard input with one line, as README.md says.
// Its static code is what its reflection generates, so there is one way to read.

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { answerAll, double, float, hex, sorted } from "./answer.mjs";

const require = createRequire(import.meta.url);
const [, , major, folder] = process.argv;
const protobuf = require(`protobufjs-${major}`);

// from the text, as programs do: its descriptor extension knows no maps
const root = new protobuf.Root();
root.resolvePath = (_, path) => `${folder}/${path.split("/").pop()}`;
root.loadSync(readdirSync(folder).filter((name) => name.endsWith(".proto")).sort(), { keepCase: true });
root.resolveAll();

const LONG = new Set(["int64", "uint64", "sint64", "fixed64", "sfixed64"]);

function one(type, resolved, held) {
  if (resolved instanceof protobuf.Type) return held == null ? null : fields(resolved, held);
  if (resolved instanceof protobuf.Enum) return String(held);
  if (type === "string") return hex(Buffer.from(held, "utf8"));
  if (type === "bytes") return hex(held);
  if (type === "float") return float(held);
  if (type === "double") return double(held);
  return String(held);
}

// A map's keys are property names: text, even for 64-bit numbers, which are kept as eight characters.
function key(type, held) {
  if (type === "string") return hex(Buffer.from(held, "utf8"));
  // a key that was not sent is the number 0, and no such characters
  if (!LONG.has(type) || held.length !== 8) return held;
  return protobuf.util.longFromHash(held, type.startsWith("u") || type === "fixed64").toString();
}

const zero = (field, held) => !field.resolvedType && /^(h|0|false|0x0+)$/.test(one(field.type, null, held));

function fields(type, message) {
  const found = {};
  for (const field of type.fieldsArray) {
    field.resolve();
    if (!Object.prototype.hasOwnProperty.call(message, field.name)) continue;
    const held = message[field.name];
    if (held == null) continue;
    if (field.map) {
      const pairs = Object.keys(held).map((k) => [key(field.keyType, k), one(field.type, field.resolvedType, held[k])]);
      if (pairs.length) found[field.id] = { map: sorted(pairs) };
    } else if (field.repeated) {
      if (held.length) found[field.id] = held.map((each) => one(field.type, field.resolvedType, each));
    } else if (field.hasPresence || field.partOf || field.resolvedType instanceof protobuf.Type) {
      found[field.id] = one(field.type, field.resolvedType, held);
    } else if (!zero(field, held) && !(field.resolvedType && held === 0)) {
      found[field.id] = one(field.type, field.resolvedType, held);
    }
  }
  return found;
}

function getters(type, message) {
  const found = {};
  for (const field of type.fieldsArray) {
    if (field.map || field.repeated || field.partOf || field.resolvedType instanceof protobuf.Type) continue;
    const held = message[field.name];
    if (held != null) found[field.id] = one(field.type, field.resolvedType, held);
  }
  return found;
}

await answerAll((mode, name, bytes) => {
  if (mode === "json" || mode === "json-lenient") return undefined;
  let type;
  try {
    type = root.lookupType(name);
  } catch {
    return undefined;
  }
  const message = type.decode(bytes);
  const answer = { message: fields(type, message), getters: getters(type, message) };
  const attempt = (key, write) => {
    try {
      answer[key] = write();
    } catch (error) {
      answer[`${key}_refused`] = `${error.name}: ${error.message}`;
    }
  };
  attempt("binary", () => hex(type.encode(message).finish()).slice(1));
  attempt("json", () => JSON.stringify(message.toJSON()));
  return answer;
});
