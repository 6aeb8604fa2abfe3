/** The other end of the sensor: what of MQTT 3.1.1 a broker does for one that only publishes. */
import type { Network } from "../../host/network.js";
import type { Server } from "../../host/server.js";
import type { Socket } from "../../host/socket.js";

export interface Publication {
  topic: string;
  text: string;
  id: number;
  /** Marked as sent before (DUP). */
  isAgain: boolean;
}

export interface BrokerHabits {
  /** The return code of CONNACK; 0 by default. */
  code?: number;
  /** Says nothing, ever: neither CONNACK nor PUBACK nor PINGRESP. */
  isMute?: boolean;
}

export class Broker {
  /** What was published, in order, with what came twice. */
  readonly publications: Publication[] = [];
  /** The client names of CONNECT, in order. */
  readonly greetings: string[] = [];
  pings = 0;
  /** What a client must not send. */
  readonly faults: string[] = [];
  habits: BrokerHabits = {};

  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  /** Takes connections on port 1883 of the network. */
  start(network: Network): Promise<void> {
    this.server = network.createServer((socket) => this.serve(socket));
    return new Promise((resolve) => this.server!.listen(1883, () => resolve()));
  }

  /** Ends as a process does that is killed: connections are reset, the port is closed. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.resetAndDestroy();
    await new Promise<void>((resolve) => this.server!.close(() => resolve()));
  }

  /** The readings since the publication `from`, each once, in the order of their first coming. */
  readings(from = 0): number[] {
    return [...new Set(this.publications.slice(from).map(({ text }) => Number(text)))];
  }

  private serve(socket: Socket): void {
    let rest = Buffer.alloc(0);
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.on("error", () => {});
    socket.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      // The sensor's packets are short: their length is one octet.
      while (rest.length >= 2 && rest.length >= 2 + rest[1]!) {
        const length = 2 + rest[1]!;
        this.heed(socket, rest[0]!, rest.subarray(2, length));
        rest = rest.subarray(length);
      }
    });
  }

  private heed(socket: Socket, type: number, body: Buffer): void {
    const answer = (...octets: number[]): void => {
      if (!this.habits.isMute) socket.write(Buffer.from(octets));
    };
    if (type === 0x10) {
      if (body.subarray(0, 8).toString("latin1") !== "\0\x04MQTT\x04\0") {
        this.faults.push(`CONNECT ${body.toString("hex")}`);
      }
      this.greetings.push(textAt(body, 10));
      answer(0x20, 2, 0, this.habits.code ?? 0);
    } else if (type === 0x32 || type === 0x3a) {
      const topic = textAt(body, 0);
      const at = 2 + topic.length;
      const id = body.readUInt16BE(at);
      const text = body.subarray(at + 2).toString("latin1");
      this.publications.push({ topic, text, id, isAgain: type === 0x3a });
      answer(0x40, 2, id >> 8, id & 0xff);
    } else if (type === 0xc0 && body.length === 0) {
      this.pings++;
      answer(0xd0, 0);
    } else {
      this.faults.push(`type ${type.toString(16)}`);
    }
  }
}

/** A text with its length in two octets before it. */
function textAt(body: Buffer, at: number): string {
  return body.subarray(at + 2, at + 2 + body.readUInt16BE(at)).toString("latin1");
}
