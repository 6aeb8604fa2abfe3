/** A copy of a module that counts each of its calls, by caller and callee. */
import binaryen from "binaryen";
import { CALL, edgeOf, type ModuleText } from "../../../host/tools/hot_calls.js";

export interface Metered {
  bytes: Uint8Array;
  /** Calls as `edgeOf` has them; the export `counterOf(index)` is how often each was made. */
  edges: string[];
}

export function counterOf(index: number): string {
  return `calls-${index}`;
}

/** Each call goes through a function of its own, which counts it. */
export function metered({ others, functions }: ModuleText): Metered {
  const edges = new Map<string, number>();
  const out = others.slice(0, -1);
  for (const [caller, text] of functions) {
    out.push(text.replace(CALL, (_, callee: string) => {
      const edge = edgeOf(caller, callee);
      if (!edges.has(edge)) edges.set(edge, edges.size);
      return `(call $edge-${edges.get(edge)!}`;
    }));
  }
  for (const [edge, index] of edges) {
    const callee = edge.split(" ")[1]!;
    out.push(counting(callee, functions.get(callee)!.split("\n")[0]!, index));
  }
  const module = binaryen.parseText([...out, others.at(-1)!].join("\n"));
  module.setFeatures(binaryen.Features.All);
  const bytes = module.emitBinary();
  module.dispose();
  return { bytes, edges: [...edges.keys()] };
}

/** `head`: the first line of the callee. */
function counting(callee: string, head: string, index: number): string {
  const signature = [...head.matchAll(/\((?:param|result) [^)]*\)/g)].map(String);
  const values = [...head.matchAll(/\(param (\$\S+)/g)].map(([, name]) => `(local.get ${name})`);
  const counter = `$calls-${index}`;
  return `
    (global ${counter} (mut i32) (i32.const 0))
    (export "${counterOf(index)}" (global ${counter}))
    (func $edge-${index} ${signature.join(" ")}
      (global.set ${counter} (i32.add (global.get ${counter}) (i32.const 1)))
      (call ${callee} ${values.join(" ")}))`;
}
