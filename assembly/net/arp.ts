/**
 * ARP on our side: answering for our address, learning from what is heard (RFC 826), and looking
 * out for somebody else with our address (RFC 5227).
 */
import { Counter } from "../abi/counter";
import { InterfaceFlag } from "../abi/parameters";
import { Phase } from "../abi/status";
import { inMs, nowMs } from "../core/clock";
import { count } from "../core/counters";
import { randomBelow } from "../core/random";
import { startTimer, stopTimer } from "../core/wheel";
import {
  ARP_REPLY, ARP_REQUEST, arpOperation, arpSenderAddress, arpSenderMac, arpTargetAddress, checkArp,
  emitArp,
} from "../wire/arp";
import {
  ETHERNET_HEADER_LEN, ETHERTYPE_ARP, emitEthernet, fillMac, isGroupMac, sameMac,
} from "../wire/ethernet";
import { ipv4Of, isNobodyIpv4, mapIpv4 } from "./address";
import { frameOut, packetOut } from "./frame";
import { isBroadcast, isUp, localLow, ownMac, theInterface } from "./interface";
import { hearNeighbour } from "./neighbours";
import { Reply, ReplyKind, addReply, replyMac, replyTo } from "./replies";

if (<u32>ReplyKind.ArpRequest != ARP_REQUEST || <u32>ReplyKind.ArpReply != ARP_REPLY) {
  ERROR("a record's kind is the ARP operation");
}

// RFC 5227 section 1.1, in its own names; times in milliseconds.
const PROBE_WAIT: u32 = 1000;
const PROBE_NUM: u32 = 3;
const PROBE_MIN: u32 = 1000;
const PROBE_SPREAD: u32 = 1000;
const ANNOUNCE_WAIT: u32 = 2000;
const ANNOUNCE_NUM: u32 = 2;
const ANNOUNCE_INTERVAL: u32 = 2000;
const MAX_CONFLICTS: u32 = 10;
const RATE_LIMIT_INTERVAL: u32 = 60000;
const DEFEND_INTERVAL: u32 = 10000;

/** Brings the interface up, after `quietMs`: at once, or after probing, as its flags say. */
export function startInterface(quietMs: u32): void {
  const own = theInterface();
  own.asked = 0;
  own.defendedAtMs = nowMs() - DEFEND_INTERVAL;
  if (quietMs != 0) {
    own.state = <u8>Phase.Quiet;
    startTimer(own, inMs(quietMs));
    return;
  }
  if (own.flags & InterfaceFlag.Probe) {
    own.state = <u8>Phase.Probing;
    const pause = own.conflicts < MAX_CONFLICTS ? 0 : RATE_LIMIT_INTERVAL;
    startTimer(own, inMs(pause + randomBelow(PROBE_WAIT)));
    return;
  }
  startUse();
}

/** The interface's timer expired: the next probe or announcement. */
export function onInterfaceTimer(): void {
  const own = theInterface();
  if (own.state == Phase.Quiet) {
    startInterface(0);
  } else if (own.state == Phase.Announcing) {
    announceNext();
  } else if (own.state == Phase.Probing) {
    if (own.asked == PROBE_NUM) {
      startUse();
      return;
    }
    own.asked++;
    askForOwn();
    const wait = own.asked == PROBE_NUM ? ANNOUNCE_WAIT : PROBE_MIN + randomBelow(PROBE_SPREAD);
    startTimer(own, inMs(wait));
  }
}

/** Takes the ARP packet of `len` octets at `at`. Says under what it counts. */
export function processArp(at: usize, len: u32): Counter {
  if (!checkArp(at, len)) return Counter.DropArpMalformed;
  const mac = arpSenderMac(at);
  if (isGroupMac(mac)) return Counter.DropArpMalformed;
  // What we said ourselves has come back: nothing to learn, and no conflict.
  if (sameMac(mac, ownMac())) return Counter.DropArpNotForUs;
  const sender = arpSenderAddress(at);
  if (checkConflict(at, sender)) return Counter.InArp;
  const isForUs = isUp() && arpTargetAddress(at) == theInterface().address;
  if (sender == 0) {
    // A probe: it is answered, as it asks for our address, but there is nothing to learn.
    if (isForUs && arpOperation(at) == ARP_REQUEST) answer(sender, mac);
    return isForUs ? Counter.InArp : Counter.DropArpNotForUs;
  }
  if (isNobodyIpv4(sender) || isBroadcast(sender)) return Counter.DropArpMalformed;
  // RFC 826: an entry that we have is brought up to date by any packet, a new one is made only
  // when the packet is for us.
  hearNeighbour(mapIpv4(sender), mac, isForUs);
  if (!isForUs) return Counter.DropArpNotForUs;
  if (arpOperation(at) == ARP_REQUEST) answer(sender, mac);
  return Counter.InArp;
}

/** Builds the frame of an ARP record. Returns its length. */
export function emitArpReply(reply: Reply): u32 {
  // Before our address may be used, every question is a probe (RFC 5227 section 1.1).
  const sender = isUp() ? theInterface().address : 0;
  const mac = replyMac(reply);
  const len = emitArp(packetOut(), reply.kind, ownMac(), sender, mac, ipv4Of(reply.remoteLow));
  if (!reply.hasMac) fillMac(mac, 0xff);
  emitEthernet(frameOut(), mac, ownMac(), ETHERTYPE_ARP);
  const isReply = reply.kind == ReplyKind.ArpReply;
  count(isReply ? Counter.ArpRepliesSent : Counter.ArpRequestsSent);
  return ETHERNET_HEADER_LEN + len;
}

/** Asks for our own address: a probe while it may not be used, and an announcement then. */
function askForOwn(): void {
  addReply(ReplyKind.ArpRequest).remoteLow = localLow();
}

function startUse(): void {
  const own = theInterface();
  own.asked = 0;
  own.state = <u8>Phase.Ready;
  // An address that has been probed for is announced (RFC 5227 section 2.3).
  if (own.flags & (InterfaceFlag.Announce | InterfaceFlag.Probe)) {
    own.state = <u8>Phase.Announcing;
    announceNext();
  }
}

function announceNext(): void {
  const own = theInterface();
  askForOwn();
  if (++own.asked < ANNOUNCE_NUM) startTimer(own, inMs(ANNOUNCE_INTERVAL));
  else own.state = <u8>Phase.Ready;
}

function answer(to: u32, mac: usize): void {
  const reply = addReply(ReplyKind.ArpReply);
  reply.remoteLow = mapIpv4(to);
  replyTo(reply, mac);
}

/**
 * Whether the packet shows another station with our address. While probing, that ends the use of
 * the address, and so does another's probe for it (RFC 5227 section 2.1.1). Later it is defended,
 * once in ten seconds, and never given up (section 2.4, c): it is what somebody set us up with.
 */
function checkConflict(at: usize, sender: u32): bool {
  const own = theInterface();
  const isProbing = own.state == Phase.Probing;
  const isRival = isProbing && sender == 0 && arpOperation(at) == ARP_REQUEST &&
    arpTargetAddress(at) == own.address;
  if (sender != own.address && !isRival) return false;
  count(Counter.AddressConflicts);
  if (isProbing) {
    own.state = <u8>Phase.Conflict;
    if (own.conflicts < MAX_CONFLICTS) own.conflicts++;
    stopTimer(own);
  } else if (isUp() && nowMs() - own.defendedAtMs >= DEFEND_INTERVAL) {
    own.defendedAtMs = nowMs();
    askForOwn();
  }
  return true;
}
