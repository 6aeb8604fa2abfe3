/** A board in QEMU with the Linux kernel at the other end of its line. Needs root. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { ROOT } from "./description.js";
import { DEVICE, makeDevice } from "./namespace.js";
import { Emulator } from "./qemu.js";
import type { Session } from "./session.js";
import { requireTools } from "./toolchain.js";

/** Runs until QEMU ends. */
export async function runWithLinux(session: Session): Promise<void> {
  requireTools(["ip"]);
  const { firmware, faults, folder, print: onLine } = session;
  const namespace = `motetcp-board-${process.pid}`;
  execFileSync("ip", ["netns", "add", namespace]);
  process.once("exit", () => void spawnSync("ip", ["netns", "del", namespace]));
  const { board } = firmware;
  const isSlip = firmware.link === "slip";
  const [address, prefix] = firmware.address.split("/");
  makeDevice(namespace, isSlip ? "tun" : "tap", `${board.gateway}/${prefix}`);
  let emulator: Emulator;
  if (isSlip) {
    emulator = await Emulator.start(firmware, { wire: { kind: "terminal" }, namespace, onLine });
    await startJoin(namespace, `serial:${emulator.terminal}`, `tun:${DEVICE}`, faults);
  } else if (faults.length > 0) {
    const path = join(folder, "line");
    await startJoin(namespace, `stream:listen:${path}`, `tap:${DEVICE}`, faults);
    const wire = { kind: "stream", path } as const;
    emulator = await Emulator.start(firmware, { wire, namespace, onLine });
  } else {
    const wire = { kind: "tap", device: DEVICE } as const;
    emulator = await Emulator.start(firmware, { wire, namespace, onLine });
  }
  const inside = `ip netns exec ${namespace}`;
  session.print(`\nLinux is ${board.gateway}, in a namespace of its own:\n` +
    `  ${inside} curl http://${address}/\n  ${inside} ping ${address}\nCtrl-C ends it.\n`);
  await emulator.ended();
  throw new Error("QEMU has ended");
}

/** Joins line and device by a program inside, which ends with us. */
async function startJoin(
  namespace: string, line: string, device: string, faults: string[],
): Promise<void> {
  const script = join(ROOT, "host/tools/board/join.ts");
  const node = [process.execPath, "--import", "tsx", script];
  const words = ["netns", "exec", namespace, ...node, line, device, ...faults];
  const child: ChildProcess = spawn("ip", words, {
    cwd: ROOT, stdio: ["pipe", "pipe", "inherit"],
  });
  process.once("exit", () => void child.kill("SIGKILL"));
  const isReady = once(child.stdout!, "data").then(() => true);
  const hasEnded = once(child, "close").then(() => false);
  if (!await Promise.race([isReady, hasEnded])) throw new Error("the line cannot be joined");
}
