/**
 * The Linux side of a serial line for tests: bridges the SLIP on a serial device or pty to a TUN
 * interface of the namespace that it is started in (Linux's own SLIP line discipline is not in
 * every kernel). To be used from a test (`bridgeSlipTun`) or as a program of its own:
 *
 *   ip netns exec NS node --import tsx tests/support/slip_tun.ts PATH[@BAUD] TUN ADDRESS/PREFIX
 *
 * The program sets the address and brings the interface up, prints one line "ready" when both ends
 * are open, and ends on SIGTERM or when the line breaks (then with exit status 1).
 */
import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { FrameQueue } from "../../host/link/frame_queue.js";
import type { Link } from "../../host/link/link.js";
import { openLink } from "../../host/link/open.js";
import { SlipDecoder, SlipEncoder } from "../../host/link/slip.js";

/** Packets from Linux that may wait for the line, as an interface's txqueuelen. */
const QUEUE_PACKETS = 100;

export interface Bridge {
  /** Packets from Linux lost because the line was too slow for them. */
  droppedCount: number;
  close(): Promise<void>;
}

/** Opens both links and passes packets between them until `close`. */
export async function bridgeSlipTun(
  serial: Link,
  tun: Link,
  onError: (error: Error) => void,
): Promise<Bridge> {
  const decoder = new SlipDecoder();
  const encoder = new SlipEncoder();
  const queue = new FrameQueue();
  const bridge: Bridge = {
    droppedCount: 0,
    close: async () => {
      await tun.close();
      await serial.close();
    },
  };
  const flush = (): void => {
    while (queue.count > 0 && serial.send(encoder.encode(queue.first()))) queue.shift();
  };
  serial.onFrame = (octets) => decoder.push(octets, (packet) => void tun.send(packet));
  serial.onDrain = flush;
  serial.onError = onError;
  tun.onFrame = (packet) => {
    if (queue.count < QUEUE_PACKETS) queue.push(packet, 0);
    else bridge.droppedCount++;
  };
  tun.onBatchEnd = flush;
  tun.onError = onError;
  await serial.open();
  await tun.open();
  return bridge;
}

async function main(serialSpec: string, interfaceName: string, address: string): Promise<void> {
  const serial = await openLink(`serial:${serialSpec}`);
  const tun = await openLink(`tun:${interfaceName}`);
  const bridge = await bridgeSlipTun(serial, tun, (error) => {
    console.error(error.message);
    process.exit(1);
  });
  // No IPv6 chatter of the kernel's own on a line that may be slow.
  execFileSync("ip", ["link", "set", interfaceName, "addrgenmode", "none"]);
  execFileSync("ip", ["addr", "add", address, "dev", interfaceName]);
  execFileSync("ip", ["link", "set", interfaceName, "up"]);
  process.on("SIGTERM", () => void bridge.close());
  console.log("ready");
}

const [, script, serialSpec, interfaceName, address] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(script).href) {
  if (serialSpec === undefined || interfaceName === undefined || address === undefined) {
    console.error("usage: slip_tun.ts PATH[@BAUD] TUN ADDRESS/PREFIX");
    process.exit(2);
  }
  await main(serialSpec, interfaceName, address);
}
