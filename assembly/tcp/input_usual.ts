/**
 * A segment's first steps where it may be usual, in the build for Node: whom it is for is looked up
 * once, and says which of the short ways may take it. What none of them takes goes the whole way,
 * from the beginning (input.ts).
 */
import { Table } from "../abi/status";
import { Entry } from "../core/pool";
import { findPair } from "../core/table";
import { mapIpv4 } from "../net/address";
import { IPV4_HEADER_LEN, ipv4Source } from "../wire/ipv4";
import { bearsAckAlone, bearsFinAndAck, tcpPorts } from "../wire/tcp";
import { takeUsualFin } from "./arrives_fin";
import { takeThird } from "./arrives_third";
import { takeUsual } from "./arrives_usual";
import { takeLastAck, takeLastFin } from "./last";
import { HalfOpen } from "./syn_queue";
import { Tcb } from "./tcb";

/**
 * Takes the segment in the IPv4 packet at `packet`, as net/usual.ts has it, if a short way does.
 * Returns its connection, which may have begun or ended with it; or 0.
 */
export function inputUsual(packet: usize): usize {
  const at = packet + IPV4_HEADER_LEN;
  if (!bearsAckAlone(at)) return bearsFinAndAck(at) ? inputFin(packet) : 0;
  const entry = entryOf(packet);
  if (entry == null) return 0;
  if (entry.kind == Table.Connections) {
    const tcb = changetype<Tcb>(entry);
    return takeUsual(tcb, packet) || takeLastAck(tcb, packet) ? changetype<usize>(tcb) : 0;
  }
  return entry.kind == Table.HalfOpen ? takeThird(changetype<HalfOpen>(entry), packet) : 0;
}

/** The same of one that bears FIN and ACK. */
function inputFin(packet: usize): usize {
  const entry = entryOf(packet);
  if (entry == null || entry.kind != Table.Connections) return 0;
  const tcb = changetype<Tcb>(entry);
  return takeUsualFin(tcb, packet) || takeLastFin(tcb, packet) ? changetype<usize>(tcb) : 0;
}

/** What the segment is for, or null. */
function entryOf(packet: usize): Entry | null {
  const ports = tcpPorts(packet + IPV4_HEADER_LEN);
  return changetype<Entry | null>(findPair(0, mapIpv4(ipv4Source(packet)), ports));
}
