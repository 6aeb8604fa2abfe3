/** The TCP segment of an Ethernet frame, through the codec of the command. */
import { EtherType, parseEthernet } from "../../host/cli/codec/ethernet.js";
import { parseIpv4 } from "../../host/cli/codec/ipv4.js";
import { parseTcp, type Segment } from "../../host/cli/codec/tcp.js";

/** Calls back with the segment if there is one; it is a view on the frame. */
export function parse(frame: Uint8Array, use: (segment: Segment) => void): void {
  const ethernet = parseEthernet(frame);
  if (ethernet?.type !== EtherType.Ipv4) return;
  const segment = parseTcp(parseIpv4(ethernet.payload)!.payload);
  if (segment !== null) use(segment);
}
