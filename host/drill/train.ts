/**
 * Segments sent back to back as one: scripts made where the network card cuts segments (offload)
 * have 1:4381(4380) for three segments of 1,460 octets. Only what no segment could hold is taken
 * for such a train.
 */
import type { Sent } from "./machine.js";
import type { TcpFields } from "./packet.js";

/**
 * `first` and those in `queue` that continue it, taken out of there, up to `length` octets together
 * or as far as they go.
 */
export function joinTrain(first: Sent, queue: Sent[], length: number): Sent {
  let joined = first;
  while (textLen(joined) < length && queue[0] !== undefined) {
    const next = append(joined, queue[0]);
    if (next === undefined || textLen(next) > length) break;
    queue.shift();
    joined = next;
  }
  return joined;
}

function append(left: Sent, right: Sent): Sent | undefined {
  if (left.packet.kind !== "tcp" || right.packet.kind !== "tcp") return undefined;
  const a = left.packet.tcp;
  const b = right.packet.tcp;
  const isNext = a.sourcePort === b.sourcePort && a.destinationPort === b.destinationPort &&
    ((a.seq + a.text.length) >>> 0) === b.seq && a.ack === b.ack && b.text.length > 0 &&
    !/[SFRU]/.test(a.flags) && left.atUs === right.atUs;
  if (!isNext) return undefined;
  const text = new Uint8Array(a.text.length + b.text.length);
  text.set(a.text);
  text.set(b.text, a.text.length);
  const tcp: TcpFields = { ...b, seq: a.seq, text };
  return { packet: { ...right.packet, tcp }, atUs: right.atUs };
}

function textLen({ packet }: Sent): number {
  return packet.kind === "tcp" ? packet.tcp.text.length : 0;
}
