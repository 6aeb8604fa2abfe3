/** Events, as the host sees them. */
import { Event } from "../abi/event";
import { Descriptor } from "../abi/parameters";
import { Table } from "../abi/status";
import { describeOctets, describeWord } from "../core/descriptor";
import { receiveMask, receiveRing } from "../tcp/connections";
import { takeEvent } from "../tcp/events";
import { outdatePlan } from "../tcp/plan";
import { Tcb } from "../tcp/tcb";
import { readable } from "../tcp/window";
import { handleOf } from "./handles";

/**
 * A handle with news; 0 when there is none. In the descriptor the news, and of a connection what
 * there is to read.
 */
export function nextEvent(): i32 {
  const endpoint = takeEvent();
  if (endpoint == null) return 0;
  describeWord(Descriptor.Events, endpoint.events);
  const isConnection = endpoint.kind == Table.Connections;
  const received = isConnection ? describeReceived(changetype<Tcb>(endpoint)) : 0;
  describeWord(Descriptor.Received, received);
  // Whether a write goes on counts for Nagle's algorithm (tcp/output.ts).
  if (endpoint.events & Event.Writable) outdatePlan();
  endpoint.events = 0;
  return handleOf(endpoint);
}

/** How many octets of a connection are to be read in one piece; the descriptor has where. */
export function describeReceived(tcb: Tcb): u32 {
  return describeOctets(receiveRing(tcb), receiveMask(), tcb.rcvRead, readable(tcb));
}
