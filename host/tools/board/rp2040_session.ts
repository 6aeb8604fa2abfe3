/**
 * An emulated RP2040 at work, for people: its console on this machine's, its serial line joined to
 * a stack of ours, and ports of this machine carried through that to the board. No root, no device.
 */
import { performance } from "node:perf_hooks";
import { Bridge } from "../../cli/serve/bridge.js";
import { type Network, createNetwork } from "../../network.js";
import { Rp2040 } from "./rp2040.js";
import { Rp2040Link } from "./rp2040_link.js";

export interface SessionOptions {
  /** What lies in flash. */
  image: Uint8Array;
  /** The address at our end of the line, with its prefix: "192.168.7.1/24". */
  ours: string;
  /** The board's, without. */
  board: string;
  /** Ports of this machine, on loopback (0: any), and those of the board behind them. */
  ports: readonly { ours: number; board: number }[];
  /** A line of the console. */
  onLine: (line: string) => void;
}

/** The emulator may work so long before the event loop gets its turn. */
const TURN_MS = 10;
/** When it is so far behind, it is not made good: the chip's time just is slower. */
const MOST_BEHIND_US = 50_000;
const STEP_US = 1000;

export class Rp2040Session {
  readonly board: Rp2040;
  private readonly link: Rp2040Link;
  private readonly bridges: Bridge[] = [];
  private isRunning = true;

  private constructor(private readonly options: SessionOptions) {
    this.board = new Rp2040(options.image);
    this.link = new Rp2040Link(this.board);
    let line = "";
    this.board.uarts[0].onOctet = (octet) => {
      const char = String.fromCharCode(octet);
      if (char === "\r") return;
      if (char === "\n") {
        options.onLine(line);
        line = "";
      } else line += char;
    };
  }

  /** Switches the board on. Rejects when a port is taken. */
  static async start(options: SessionOptions): Promise<Rp2040Session> {
    const session = new Rp2040Session(options);
    const { link } = session;
    const network = await createNetwork({ link, clock: link.clock, address: options.ours });
    session.keepPace();
    await session.openBridges(network);
    return session;
  }

  private async openBridges(network: Network): Promise<void> {
    for (const { ours, board } of this.options.ports) {
      this.bridges.push(await Bridge.open(network, {
        listenPort: ours, host: this.options.board, port: board,
      }));
    }
  }

  /** The ports on loopback, in the order of the options. */
  get ports(): number[] {
    return this.bridges.map(({ port }) => port);
  }

  /** Switches it off. */
  async stop(): Promise<void> {
    this.isRunning = false;
    await Promise.all(this.bridges.map((bridge) => bridge.close()));
  }

  /** The chip's time goes as the world's, or slower where this machine cannot keep up. */
  private keepPace(): void {
    const { board, link } = this;
    let offsetUs = performance.now() * 1000 - board.nowUs();
    const turn = (): void => {
      if (!this.isRunning) return;
      const endMs = performance.now() + TURN_MS;
      let behindUs = performance.now() * 1000 - offsetUs - board.nowUs();
      while (behindUs > 0 && performance.now() < endMs) {
        link.advance(board.nowUs() + Math.min(behindUs, STEP_US));
        behindUs = performance.now() * 1000 - offsetUs - board.nowUs();
      }
      if (behindUs > MOST_BEHIND_US) offsetUs += behindUs;
      if (behindUs > 0) setImmediate(turn);
      else setTimeout(turn, 1);
    };
    turn();
  }
}
