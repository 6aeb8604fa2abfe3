/**
 * The one interface: its link, its address, and where packets go from it. Local addresses are
 * known to the layers above by index; today there is one, 0.
 */
import { InterfaceFlag, LinkKind } from "../abi/parameters";
import { Phase, Table } from "../abi/status";
import { IS_BOARD } from "../config";
import { Pair } from "../core/pair";
import { Entry, setPool } from "../core/pool";
import { ETHERNET_HEADER_LEN, copyMac, isGroupMac } from "../wire/ethernet";
import { pseudoHeader } from "../wire/ipv4";
import { isIpv4, isNobodyIpv4, ipv4Of, mapIpv4, maskOf } from "./address";

@unmanaged
@final
export class NetInterface extends Entry {
  /** A `LinkKind`. */
  link: u8;
  /** Probes or announcements sent. */
  asked: u8;
  /** Conflicts while probing, up to `MAX_CONFLICTS`; `setInterface` keeps them. */
  conflicts: u8;
  /** Bits of `InterfaceFlag`. */
  flags: u8;
  mtu: u32;
  /** In network order, like the two that follow. */
  address: u32;
  mask: u32;
  /** 0: none. */
  gateway: u32;
  /** When an address conflict was last answered. */
  defendedAtMs: u32;
  mac: u32;
  macTail: u16;
}

const only: NetInterface = changetype<NetInterface>(memory.data(offsetof<NetInterface>(), 8));

/** The interface. */
export function theInterface(): NetInterface {
  return only;
}

/** Where its MAC address lies. */
export function ownMac(): usize {
  return changetype<usize>(only) + offsetof<NetInterface>("mac");
}

/** Takes it down. Its timer must not run, or the wheel have been cleared. */
export function clearInterface(): void {
  memory.fill(changetype<usize>(only), 0, offsetof<NetInterface>());
  setPool(Table.Interfaces, changetype<usize>(only), 1, offsetof<NetInterface>());
}

/** Whether a unicast IPv4 address, MAC and mask can be an interface's. */
export function mayBeOwn(address: u32, prefixLen: u32, mac: usize, link: u32): bool {
  if (prefixLen > 32 || isNobodyIpv4(address)) return false;
  if (isEdge(address, maskOf(prefixLen))) return false;
  return link == LinkKind.Ip || !isGroupMac(mac);
}

/** Sets it up, not yet in use: `state`, a `Phase`, stays Down. */
export function setInterface(
  link: u32, mtu: u32, flags: u32, mac: usize, address: u32, prefixLen: u32, gateway: u32,
): void {
  const conflicts = only.conflicts;
  clearInterface();
  only.conflicts = conflicts;
  only.link = <u8>link;
  only.mtu = mtu;
  // There is nobody to ask on a link without ARP.
  only.flags = <u8>(link == LinkKind.Ethernet ? flags : flags & InterfaceFlag.Offload);
  only.address = address;
  only.mask = maskOf(prefixLen);
  only.gateway = gateway;
  copyMac(ownMac(), mac);
}

/** Whether it has been set up. Not before the stack has: `init` begins with taking it down. */
export function isInUse(): bool {
  return only.state != Phase.Down;
}

/** Whether our address may be used. */
export function isUp(): bool {
  const phase = <u32>only.state;
  return phase == Phase.Announcing || phase == Phase.Ready;
}

/** Whether the driver finishes TCP checksums and cuts large segments. */
export function hasOffload(): bool {
  return !IS_BOARD && (only.flags & InterfaceFlag.Offload) != 0;
}

/** Octets in front of an IP packet on the link. */
export function linkHeaderLen(): u32 {
  return only.link == LinkKind.Ethernet ? ETHERNET_HEADER_LEN : 0;
}

/** The low word of local address 0; its high word is 0. */
export function localLow(): u64 {
  return mapIpv4(only.address);
}

/** The sum of the pseudo-header of what comes from, or goes to, the remote: both ways the same. */
export function pseudoSum(pair: Pair, protocol: u32, len: u32): u64 {
  return pseudoHeader(ipv4Of(pair.remoteLow), only.address, protocol, len);
}

/** Whether an address, as the application gives it, is local address 0. */
export function isLocal(high: u64, low: u64): bool {
  return isIpv4(high, low) && ipv4Of(low) == only.address;
}

/** Whether `address` is broadcast here: limited, or directed at our network in either form. */
export function isBroadcast(address: u32): bool {
  if (address == 0xffffffff || address == 0) return true;
  return isOnLink(address) && isEdge(address, only.mask);
}

/** Whether a packet may come from, or a connection go to, this address: one host, not us. */
export function isForeignHost(high: u64, low: u64): bool {
  return isIpv4(high, low) && isForeignIpv4(ipv4Of(low));
}

/** The same of an IPv4 address. */
export function isForeignIpv4(address: u32): bool {
  return !isNobodyIpv4(address) && address != only.address && !isBroadcast(address);
}

/** The neighbour that a packet to `address` is handed to; 0: there is no way. */
export function nextHop(address: u32): u32 {
  return only.link == LinkKind.Ip || isOnLink(address) ? address : only.gateway;
}

function isOnLink(address: u32): bool {
  return ((address ^ only.address) & only.mask) == 0;
}

/** Whether the host part is all zeros or all ones, where there is one (RFC 3021: not in a /31). */
function isEdge(address: u32, mask: u32): bool {
  const host = address & ~mask;
  if (host != 0 && host != ~mask) return false;
  return bswap<u32>(~mask) >= 3;
}
