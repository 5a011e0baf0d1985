// What both JavaScript harnesses share: values in the words of README.md, and the loop over requests.

import { createInterface } from "node:readline";

export const hex = (bytes) => "h" + Buffer.from(bytes).toString("hex");
export const unhex = (text) => new Uint8Array(Buffer.from(text === "-" ? "" : text, "hex"));

export function float(number) {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, number);
  return "0x" + view.getUint32(0).toString(16).padStart(8, "0");
}

export function double(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return "0x" + view.getBigUint64(0).toString(16).padStart(16, "0");
}

export function sorted(pairs) {
  const key = (pair) => JSON.stringify(pair[0]);
  return pairs.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

// Answers each request with a line; whatever `read` throws is a refusal.
export async function answerAll(read) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [mode, name, given] = line.split(" ");
    let answer;
    try {
      answer = read(mode, name, unhex(given)) ?? { unasked: "this runtime has no such reader" };
    } catch (error) {
      answer = { refused: `${error.name}: ${error.message}` };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
}
