/**
 * A flaw for tests of boards: the board's product with one more export, a load from wherever it is
 * told to, and an application that tells it what a client wants.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import binaryen from "binaryen";
import { ROOT } from "../../host/tools/board/description.js";

/** The application. */
export const PLANTED = join(ROOT, "tests/board/fixtures/planted.c");
export const PORT = 99;
/** Of the field that is read, behind the pointer. */
export const OFFSET = 8;

/** The product with the flaw beside it. */
export function planted(): Uint8Array {
  const module = binaryen.readBinary(readFileSync(join(ROOT, "build/motetcp-board.wasm")));
  try {
    const pointer = module.local.get(0, binaryen.i32);
    const word = module.i32.load(OFFSET, 4, pointer);
    module.addFunction("planted", binaryen.createType([binaryen.i32]), binaryen.i32, [], word);
    module.addFunctionExport("planted", "planted");
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** As port 99 takes it. */
export function wordOf(pointer: number): string {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(pointer);
  return octets.toString("hex");
}
