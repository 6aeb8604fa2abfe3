/**
 * A link of any kind as one that carries IPv4 packets: on Ethernet with ARP, on a serial line in
 * SLIP. As much as one host needs that talks to one other; no part of the stack.
 */
import { randomMac } from "../../address.js";
import type { Link } from "../../link/link.js";
import { SlipDecoder, SlipEncoder } from "../../link/slip.js";
import { ArpOperation, emitArp, parseArp } from "../codec/arp.js";
import { EtherType, MAC_BROADCAST, emitEthernet, parseEthernet } from "../codec/ethernet.js";

/** RFC 1122 section 2.3.2.1: not more than one request a second to one address. */
const ARP_RETRY_MS = 1000;
const ARP_TRIES = 3;
const UNKNOWN_MAC = new Uint8Array(6);

export interface IpLinkOptions {
  /** Ours, 4 octets. */
  address: Uint8Array;
  isOnLink(address: Uint8Array): boolean;
  gateway: Uint8Array | undefined;
  /** Octets of the largest packet; the link's by default. */
  mtu: number | undefined;
}

export class IpLink {
  readonly address: Uint8Array;
  /** Takes each packet that is for us, borrowed. */
  onPacket: (packet: Uint8Array) => void = () => {};
  /** The link broke. */
  onError: (error: Error) => void = () => {};

  private readonly mac = randomMac();
  private readonly slipIn = new SlipDecoder();
  private readonly slipOut = new SlipEncoder();
  /** By address in text. */
  private readonly neighbours = new Map<string, Uint8Array>();
  private readonly waiting = new Map<string, (mac: Uint8Array) => void>();

  constructor(
    private readonly link: Link,
    private readonly options: IpLinkOptions,
  ) {
    this.address = options.address;
  }

  get mtu(): number {
    return this.options.mtu ?? this.link.mtu;
  }

  async open(): Promise<void> {
    const { link } = this;
    link.onFrame = (frame) => this.receive(frame);
    link.onError = (error) => this.onError(error);
    await link.open();
  }

  close(): Promise<void> {
    return this.link.close();
  }

  /** The address that a packet to `destination` goes to next; null when there is no way. */
  nextHop(destination: Uint8Array): Uint8Array | null {
    if (this.link.kind !== "ethernet" || this.options.isOnLink(destination)) return destination;
    return this.options.gateway ?? null;
  }

  /** Sees to it that packets to the next hop can be sent. False: it does not answer ARP. */
  async resolve(nextHop: Uint8Array): Promise<boolean> {
    if (this.link.kind !== "ethernet" || this.neighbours.has(`${nextHop}`)) return true;
    for (let count = 0; count < ARP_TRIES; count++) {
      this.sendArp(ArpOperation.Request, MAC_BROADCAST, UNKNOWN_MAC, nextHop);
      if (await this.answered(nextHop)) return true;
    }
    return false;
  }

  /** Sends a packet to a next hop that is resolved. False: the link has no room. */
  send(packet: Uint8Array, nextHop: Uint8Array): boolean {
    switch (this.link.kind) {
      case "serial":
        return this.link.send(this.slipOut.encode(packet));
      case "ip":
        return this.link.send(packet);
      case "ethernet": {
        const destination = this.neighbours.get(`${nextHop}`) ?? MAC_BROADCAST;
        const type = EtherType.Ipv4;
        return this.link.send(
          emitEthernet({ destination, source: this.mac, type, payload: packet }));
      }
    }
  }

  private receive(frame: Uint8Array): void {
    if (this.link.kind === "serial") {
      this.slipIn.push(frame, (packet) => this.onPacket(packet));
      return;
    }
    if (this.link.kind === "ip") return this.onPacket(frame);
    const ethernet = parseEthernet(frame);
    if (ethernet === null) return;
    const isForUs = isEqual(ethernet.destination, this.mac);
    if (ethernet.type === EtherType.Ipv4 && isForUs) this.onPacket(ethernet.payload);
    if (ethernet.type === EtherType.Arp) this.receiveArp(ethernet.payload);
  }

  /** RFC 826: learns from what is meant for us, and answers who asks for our address. */
  private receiveArp(octets: Uint8Array): void {
    const arp = parseArp(octets);
    if (arp === null || !isEqual(arp.target, this.address)) return;
    const sender = `${arp.sender}`;
    this.neighbours.set(sender, arp.senderMac.slice());
    this.waiting.get(sender)?.(arp.senderMac);
    if (arp.operation === ArpOperation.Request) {
      this.sendArp(ArpOperation.Reply, arp.senderMac, arp.senderMac, arp.sender);
    }
  }

  private sendArp(
    operation: ArpOperation, destination: Uint8Array, targetMac: Uint8Array, target: Uint8Array,
  ): void {
    const packet = { operation, senderMac: this.mac, sender: this.address, targetMac, target };
    const payload = emitArp(packet);
    this.link.send(emitEthernet({ destination, source: this.mac, type: EtherType.Arp, payload }));
  }

  private answered(address: Uint8Array): Promise<boolean> {
    const name = `${address}`;
    return new Promise((resolve) => {
      const settle = (isAnswered: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(name);
        resolve(isAnswered);
      };
      const timer = setTimeout(() => settle(false), ARP_RETRY_MS);
      this.waiting.set(name, () => settle(true));
    });
  }
}

export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, index) => octet === b[index]);
}
