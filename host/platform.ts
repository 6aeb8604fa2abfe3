/** The little that Node has and browsers do not, with what stands in for it. */

interface NodeProcess {
  nextTick?(callback: () => void): void;
  once?(event: "exit", listener: () => void): void;
}

const node = (globalThis as { process?: NodeProcess }).process;

/** Runs after the caller, behind what the streams have put off before in the same way. */
export const nextTick: (callback: () => void) => void =
  typeof node?.nextTick === "function"
    ? (callback) => node.nextTick!(callback)
    : (callback) => queueMicrotask(callback);

/** Calls back when the process exits by itself or by `process.exit`. */
export function onExit(callback: () => void): void {
  node?.once?.("exit", callback);
}
