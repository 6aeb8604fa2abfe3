/**
 * The way out: who a packet is handed to, and the headers in front of it. Whoever sends asks
 * `resolve` first, and builds the packet only when it has a way.
 */
import { LinkKind } from "../abi/parameters";
import { NeighbourState } from "../abi/status";
import { IS_BOARD } from "../config";
import { Link, append, unlink } from "../core/list";
import { ETHERNET_HEADER_LEN, ETHERTYPE_IPV4, emitEthernet } from "../wire/ethernet";
import { IPV4_HEADER_LEN, emitIpv4 } from "../wire/ipv4";
import { ipv4Of, mapIpv4 } from "./address";
import { packetOut } from "./frame";
import { isUp, nextHop, ownMac, theInterface } from "./interface";
import {
  Neighbour, doubtNeighbour, findNeighbour, isResolved, latelyMac, neighbourMac, noteLately,
  useNeighbour, waitingAt,
} from "./neighbours";

/** Whether a packet can leave now. */
export const enum Way {
  /** It can, to the MAC address at `wayMac()`. */
  Open = 0,
  /** The neighbour has been asked for its MAC address. */
  Asking = 1,
  /** The neighbour does not answer. */
  Silent = 2,
  /** There is no route, or our address is not ready. */
  None = 3,
}

@unmanaged
@final
class Route {
  mac: usize;
}

const route: Route = changetype<Route>(memory.data(offsetof<Route>(), 4));

/**
 * Finds the way for a reply. It asks for no neighbour that nobody here uses, so that strangers
 * cannot make us ask for, and forget, whomever they name.
 */
export function resolve(low: u64): Way {
  if (!IS_BOARD && takeLately(low)) return Way.Open;
  const hop = startRoute(low);
  if (hop == 0) return Way.None;
  if (theInterface().link == LinkKind.Ip) return Way.Open;
  const neighbour = findNeighbour(mapIpv4(hop));
  return neighbour != null && isResolved(neighbour) ? openWay(neighbour) : Way.Silent;
}

/** Finds the way for a connection. While its neighbour is asked for, `link` waits there. */
export function resolveOrWait(low: u64, link: Link): Way {
  if (!IS_BOARD && takeLately(low)) return Way.Open;
  const hop = startRoute(low);
  if (hop == 0) return Way.None;
  if (theInterface().link == LinkKind.Ip) return Way.Open;
  const neighbour = useNeighbour(mapIpv4(hop));
  const isItself = ipv4Of(neighbour.remoteLow) == hop;
  if (isItself && isResolved(neighbour)) {
    noteLately(low, neighbourMac(neighbour));
    return openWay(neighbour);
  }
  if (isItself && neighbour.state == NeighbourState.Failed) return Way.Silent;
  unlink(link);
  append(waitingAt(neighbour), link);
  return Way.Asking;
}

/** Advice from above: nothing comes back from the host (MUST-20, RFC 1122 section 3.3.1.4). */
export function doubtWay(low: u64): void {
  const neighbour = findNeighbour(mapIpv4(nextHop(ipv4Of(low))));
  if (neighbour != null) doubtNeighbour(neighbour);
}

/** Goes the way of the last packet of a connection, if that went to the same host. */
function takeLately(low: u64): bool {
  const mac = isUp() ? latelyMac(low) : 0;
  if (mac == 0) return false;
  route.mac = mac;
  return true;
}

/** The neighbour that packets to the host go by; 0: there is no way. */
function startRoute(low: u64): u32 {
  route.mac = 0;
  return isUp() ? nextHop(ipv4Of(low)) : 0;
}

function openWay(neighbour: Neighbour): Way {
  route.mac = neighbourMac(neighbour);
  return Way.Open;
}

/** Whom the last `Way.Open` leads to: where a MAC address lies; 0 on links that have none. */
export function wayMac(): usize {
  return route.mac;
}

/**
 * Puts the headers in front of `len` octets at `textOut()`. `mac` is where the receiving station's
 * address lies; 0 on links that have none. Returns the frame's length.
 */
export function finishPacket(
  low: u64, mac: usize, len: u32, protocol: u32, service: u32, timeToLive: u32,
): u32 {
  const own = theInterface();
  emitIpv4(packetOut(), len, protocol, service, timeToLive, own.address, ipv4Of(low));
  if (own.link == LinkKind.Ip) return IPV4_HEADER_LEN + len;
  emitEthernet(packetOut() - ETHERNET_HEADER_LEN, mac, ownMac(), ETHERTYPE_IPV4);
  return ETHERNET_HEADER_LEN + IPV4_HEADER_LEN + len;
}
