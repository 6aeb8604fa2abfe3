/** A host on the stack's Ethernet, played by hand: its frames, and the ARP that it speaks. */
import { type Lab, OWN_ADDRESS, OWN_MAC, ethernetFrame } from "./lab.js";
import { Remote, type RemoteOptions } from "./remote.js";
import { addressOctets } from "./segment_line.js";
import { ETHERNET_HEADER, get16 } from "./wire.js";

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_ARP = 0x0806;
const REQUEST = 1;
const REPLY = 2;

export const BROADCAST = [255, 255, 255, 255, 255, 255];
const NO_MAC = [0, 0, 0, 0, 0, 0];

export class EthernetHost {
  readonly address: string;
  readonly mac: number[];

  /** 10.0.0.`number`, with a MAC address that ends in the same number. */
  constructor(readonly lab: Lab, readonly number: number) {
    this.address = `10.0.0.${number}`;
    this.mac = [2, 0, 0, 0, 0, number];
  }

  /** Asks who has an address, ours by default. */
  asks(target = OWN_ADDRESS): void {
    this.lab.receive(this.arp(REQUEST, BROADCAST, target, NO_MAC));
  }

  /** Answers a request of the stack. */
  answers(): void {
    this.lab.receive(this.arp(REPLY, OWN_MAC, OWN_ADDRESS, OWN_MAC));
  }

  /** An ARP packet from it; `sender` is 0.0.0.0 in a probe. */
  arp(
    operation: number, destination: number[], target: string, targetMac: number[],
    sender = this.address,
  ): Uint8Array {
    const packet = Uint8Array.of(
      0, 1, 8, 0, 6, 4, 0, operation,
      ...this.mac, ...addressOctets(sender), ...targetMac, ...addressOctets(target),
    );
    return ethernetFrame(ETHERTYPE_ARP, destination, this.mac, packet);
  }

  /** The other end of a connection at this host. */
  remote(options: RemoteOptions = {}): Remote {
    const frame = (packet: Uint8Array): Uint8Array =>
      ethernetFrame(ETHERTYPE_IPV4, OWN_MAC, this.mac, packet);
    return new Remote(this.lab, { address: this.address, frame, ...options });
  }
}

/** The ARP packets that nobody has looked at yet: "who has 10.0.0.2", "10.0.0.1 is here". */
export function hearsArp(lab: Lab): string[] {
  const packets = lab.frames.filter(({ decoded }) => decoded.isArp);
  lab.frames.splice(0, lab.frames.length, ...lab.frames.filter(({ decoded }) => !decoded.isArp));
  return packets.map(({ decoded: { octets } }) => {
    const at = ETHERNET_HEADER;
    const sender = octets.subarray(at + 14, at + 18).join(".");
    const target = octets.subarray(at + 24, at + 28).join(".");
    const to = destinationOf(octets);
    if (get16(octets, at + 6) === REPLY) return `${sender} is here, to ${to}`;
    if (sender === target) return `announce ${target}`;
    return sender === "0.0.0.0" ? `probe ${target}` : `who has ${target}, to ${to}`;
  });
}

/** Whom an Ethernet frame goes to: "2:0:0:0:0:1", or "all". */
export function destinationOf(frame: Uint8Array): string {
  const mac = [...frame.subarray(0, 6)];
  if (mac.every((octet) => octet === 255)) return "all";
  return mac.map((octet) => octet.toString(16)).join(":");
}
