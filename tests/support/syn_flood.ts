/**
 * SYNs from addresses that do not exist, at any rate, cheaply: one packet whose fields are changed
 * in place, its checksums made by sums alone.
 */
import { packetOf } from "./segment_line.js";
import { get16, put16, put32 } from "./wire.js";

const IP_SUM = 10;
const SOURCE = 12;
const PORT = 20;
const SEQ = 24;
const TCP_SUM = 36;
/** 172.16.0.0 and the 2^20 addresses behind it: nobody here has one of them. */
const FIRST_ADDRESS = 0xac100000;
const ADDRESSES = 2 ** 20;

export class SynFlood {
  /** SYNs made. */
  count = 0;
  private readonly packet: Uint8Array;
  private readonly ipRest: number;
  private readonly tcpRest: number;
  private state = 1;

  constructor(port: number, destination = "10.0.0.1") {
    this.packet = packetOf("S 0", {
      source: "0.0.0.0", destination, sourcePort: 0, destinationPort: port,
      sourceIsn: 0, destinationIsn: 0,
    }, { mss: 1460, scale: 7 });
    this.ipRest = ~get16(this.packet, IP_SUM) & 0xffff;
    this.tcpRest = ~get16(this.packet, TCP_SUM) & 0xffff;
  }

  /** The next SYN: the same octets with other contents. */
  next(): Uint8Array {
    const { packet } = this;
    const address = FIRST_ADDRESS + (this.count++ % ADDRESSES);
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    const seq = this.state;
    const port = 1024 + (seq >>> 17);
    put32(packet, SOURCE, address);
    put16(packet, PORT, port);
    put32(packet, SEQ, seq);
    const addressSum = (address >>> 16) + (address & 0xffff);
    put16(packet, IP_SUM, folded(this.ipRest + addressSum));
    const sum = this.tcpRest + addressSum + port + (seq >>> 16) + (seq & 0xffff);
    put16(packet, TCP_SUM, folded(sum));
    return packet;
  }
}

function folded(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return ~((once & 0xffff) + (once >>> 16)) & 0xffff;
}
