/** The Node build without the short ways of assembly/tcp/usual.ts: what they must not change. */
import { compile } from "../../host/tools/build.js";

export async function compileLong(): Promise<WebAssembly.Module> {
  const outputs = await compile("motetcp", "motetcp-long", ["--use", "CFG_LONG=1"]);
  return new WebAssembly.Module(outputs.get("motetcp-long.wasm") as Uint8Array<ArrayBuffer>);
}
