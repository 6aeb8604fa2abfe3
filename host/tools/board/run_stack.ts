/**
 * A board in an emulator with a stack of ours at the other end of its line, which carries a port of
 * this machine to the board's port 80. Needs no root.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Bridge } from "../../cli/serve/bridge.js";
import { openLink } from "../../link/open.js";
import { createNetwork } from "../../network.js";
import { flatImage } from "./elf.js";
import { Emulator, type Wire } from "./qemu.js";
import type { Session } from "./session.js";

const HTTP = 80;

/** Runs until the emulator ends. */
export async function runWithStack(session: Session): Promise<void> {
  const { firmware, faults, port, print } = session;
  if (faults.length > 0) throw new Error("faults need Linux at the line's other end, and root");
  const { board } = firmware;
  const [address, prefix] = firmware.address.split("/");
  const ours = `${board.gateway}/${prefix}`;
  const told = (listenPort: number): void =>
    print(`\nThe board, ${address}, is at http://127.0.0.1:${listenPort}/ too. Ctrl-C ends it.\n`);
  if (board.runner === "rp2040js") {
    const { Rp2040Session } = await import("./rp2040_session.js");
    const image = flatImage(readFileSync(firmware.elf)).octets;
    const ports = [{ ours: port, board: HTTP }];
    await Rp2040Session.start({ image, ours, board: address!, ports, onLine: print });
    told(port);
    return;
  }
  const emulator = await runQemu(session, ours, address!, told);
  await emulator.ended();
  throw new Error("QEMU has ended");
}

async function runQemu(
  { firmware, folder, port, print: onLine }: Session, ours: string, host: string,
  told: (port: number) => void,
): Promise<Emulator> {
  const path = join(folder, "line");
  const isSlip = firmware.link === "slip";
  const wire: Wire = isSlip ? { kind: "terminal" } : { kind: "stream", path };
  // Who listens comes first: here we, there QEMU with its terminal.
  const first = isSlip ? await Emulator.start(firmware, { wire, onLine }) : undefined;
  const spec = isSlip ? `serial:${first!.terminal}` : `stream:listen:${path}`;
  const network = await createNetwork({ link: await openLink(spec), address: ours });
  const emulator = first ?? await Emulator.start(firmware, { wire, onLine });
  const bridge = await Bridge.open(network, { listenPort: port, host, port: HTTP });
  told(bridge.port);
  return emulator;
}
