/**
 * Joins a board's line to a device of Linux, with faults if wanted, frame by frame: Ethernet to a
 * TAP interface, SLIP to a TUN interface (Linux's own SLIP is not in every kernel). A program, as
 * it has to run in the namespace of the device:
 *
 *   ip netns exec NAME node --import tsx host/tools/board/join.ts LINE DEVICE [faults]
 *
 * LINE: `stream:...` or `serial:PATH`; DEVICE: `tap:NAME` or `tun:NAME`. It prints "ready" when
 * both are open, and ends on SIGTERM or with its stdin.
 */
import { pathToFileURL } from "node:url";
import { readArguments } from "../../cli/command_line.js";
import { withFaults } from "../../link/faults.js";
import { FAULT_OPTIONS, parseFaultOptions } from "../../link/faults_options.js";
import { FrameQueue } from "../../link/frame_queue.js";
import type { Link } from "../../link/link.js";
import { openLink } from "../../link/open.js";
import { SlipDecoder, SlipEncoder } from "../../link/slip.js";

/** Frames that may wait for a side that is slower, as in a network interface of Linux. */
const QUEUE_FRAMES = 1000;

/** Frames from one link to the other; what finds no room is lost, as on any network. */
class Direction {
  private readonly queue = new FrameQueue();
  private readonly decoder = new SlipDecoder();
  private readonly encoder = new SlipEncoder();

  constructor(from: Link, private readonly to: Link) {
    const take = (frame: Uint8Array): void => this.take(frame);
    from.onFrame = from.kind === "serial" && to.kind !== "serial"
      ? (octets) => this.decoder.push(octets, take)
      : take;
    from.onBatchEnd = () => this.flush();
    to.onDrain = () => this.flush();
    from.onError = (error) => {
      console.error(error.message);
      process.exit(1);
    };
  }

  private take(frame: Uint8Array): void {
    const isEncoded = this.to.kind === "serial";
    if (this.queue.count >= QUEUE_FRAMES) return;
    this.queue.push(isEncoded ? this.encoder.encode(frame) : frame, 0);
  }

  private flush(): void {
    while (this.queue.count > 0 && this.to.send(this.queue.first())) this.queue.shift();
  }
}

/** Opens both links, and passes frames between them. */
export async function join(line: Link, device: Link): Promise<void> {
  new Direction(line, device);
  new Direction(device, line);
  await device.open();
  await line.open();
}

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = readArguments(argv, FAULT_OPTIONS, ["LINE", "DEVICE"]);
  const [line, device] = await Promise.all(positionals.map(openLink)) as [Link, Link];
  const faults = parseFaultOptions(values);
  const end = faults === undefined ? device : withFaults(device, faults);
  await join(line, end);
  const stop = async (): Promise<void> => {
    await Promise.all([line.close(), end.close()]);
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.stdin.on("end", () => void stop()).resume();
  console.log("ready");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.slice(2));
}
