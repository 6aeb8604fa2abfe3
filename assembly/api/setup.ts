/** Setting a stack up: the budget is carved into tables and rings, the interface configured. */
import "./layout";
import { Budget, Entropy } from "../abi/budget";
import { Err } from "../abi/error";
import { FrameFlag, Interface, InterfaceFlag, LinkKind, Parameter } from "../abi/parameters";
import { Phase, Table } from "../abi/status";
import { align8 } from "../core/bytes";
import { startClock } from "../core/clock";
import { clearCounters, countersAt } from "../core/counters";
import { descriptorAt, describeFrame } from "../core/descriptor";
import { PACKET_POOL, setPool } from "../core/pool";
import { clearRandom, drawTableKeys, seedRandom } from "../core/random";
import { setTable } from "../core/table";
import { clearWheel } from "../core/wheel";
import { IS_BOARD } from "../config";
import { ipv4Of, isAny, isIpv4 } from "../net/address";
import { startInterface } from "../net/arp";
import { PACKET_BUFFER_LEN } from "../net/buffers";
import { dropBurst, startBursts } from "../net/burst";
import { setFrames } from "../net/frame";
import { clearIcmp } from "../net/icmp";
import { clearInterface, mayBeOwn, setInterface, theInterface } from "../net/interface";
import { clearStrangers } from "../net/neighbours";
import { clearReady } from "../net/ready";
import { setReplies } from "../net/replies";
import { setChallenges } from "../tcp/challenge";
import { setRanges, setRecords, setRings } from "../tcp/connections";
import { clearEvents } from "../tcp/events";
import { clearListeners } from "../tcp/listeners";
import { clearCookies } from "../tcp/syn_cookie";
import { setTimeWaits } from "../tcp/time_wait";
import {
  DEFAULT_ARENA, Part, budgetWord, entriesOf, entryLenOf, partAt, planArena, readBudget,
} from "./budget";
import { parameterWord, parametersAt, setParameterWord } from "./parameters";
import { isReady, setReady } from "./ready";
import { clearSerial } from "./serial";

/** The smallest MTU of an interface: RFC 791's 68 leaves no room for TCP with its options. */
const LEAST_MTU: u32 = 128;

/** Octets of the board build's arena. */
const ARENA_BYTES: usize = isDefined(CFG_ARENA_BYTES) ? CFG_ARENA_BYTES : DEFAULT_ARENA;
// In the board build the arena is static: it counts in `__heap_base`, and the compiler checks that
// it fits. In the Node build it is what lies behind.
const boardArena: usize = IS_BOARD ? memory.data(<i32>(IS_BOARD ? ARENA_BYTES : 8), 8) : 0;

export function parametersPtr(): usize {
  return parametersAt();
}

export function descriptorPtr(): usize {
  return descriptorAt();
}

export function countersPtr(): usize {
  return countersAt();
}

/** Octets of arena that the budget at the parameters takes; 0 when a word is out of range. */
export function memoryNeeded(): u32 {
  const fault = readBudget();
  if (fault != 0) {
    setParameterWord(0, fault - 1);
    return 0;
  }
  const end = planArena(arenaPtr());
  return end > 0xffff0000 ? 0xffffffff : <u32>end - <u32>arenaPtr();
}

export function arenaPtr(): usize {
  return IS_BOARD ? boardArena : align8(__heap_base);
}

export function arenaSize(): usize {
  if (IS_BOARD) return ARENA_BYTES;
  const end = <u64>memory.size() << 16;
  return <usize>min<u64>(end - <u64>arenaPtr(), 0xffff0000);
}

/** Carves the arena by the budget at the parameters, and starts the clock at `now`. */
export function init(now: u32): i32 {
  setReady(0);
  clearInterface();
  const needed = memoryNeeded();
  if (needed == 0) return Err.Budget;
  if (<usize>needed > arenaSize()) return Err.Memory;
  startClock(now);
  clearWheel();
  clearCounters();
  clearReady();
  clearEvents();
  clearListeners();
  clearCookies();
  clearSerial();
  clearRandom();
  seedRandom(parametersAt() + Parameter.Entropy);
  drawTableKeys();
  // Tables are cleared; of rings nothing is read that was not written.
  memory.fill(arenaPtr(), 0, partAt(Part.ReceiveRings) - arenaPtr());
  carve();
  setReady(1);
  return 0;
}

/** Mixes new entropy in: after a restore or a fork two stacks must not foretell each other. */
export function reseed(): void {
  seedRandom(parametersAt() + Parameter.Entropy);
}

/**
 * Configures interface 0 from the parameters, once: with another address it is another stack. Again
 * only after a conflict: nobody can have used the address that somebody else has.
 */
export function configure(interface_: u32): i32 {
  if (!isReady()) return Err.NotReady;
  if (interface_ != 0) return Err.Invalid;
  const phase = <u32>theInterface().state;
  if (phase != Phase.Down && phase != Phase.Conflict) return Err.State;
  const at = parametersAt() + Parameter.Interface;
  const link = parameterWord(Parameter.Interface, Interface.Kind);
  const mtu = parameterWord(Parameter.Interface, Interface.Mtu);
  const prefixLen = parameterWord(Parameter.Interface, Interface.PrefixLen);
  const flags = parameterWord(Parameter.Interface, Interface.Flags);
  const mac = at + 4 * Interface.Mac;
  const high = load<u64>(at, 4 * Interface.Address);
  const low = load<u64>(at, 4 * Interface.Address + 8);
  const gatewayHigh = load<u64>(at, 4 * Interface.Gateway);
  const gatewayLow = load<u64>(at, 4 * Interface.Gateway + 8);
  if (mtu < LEAST_MTU || mtu > budgetWord(Budget.Mtu)) return Err.Invalid;
  if (link > <u32>LinkKind.Ip) return Err.Invalid;
  if (IS_BOARD && (flags & InterfaceFlag.Offload) != 0) return Err.Invalid;
  if (!isIpv4(high, low) || !mayBeOwn(ipv4Of(low), prefixLen, mac, link)) return Err.Invalid;
  const hasGateway = !isAny(gatewayHigh, gatewayLow);
  if (hasGateway && !isIpv4(gatewayHigh, gatewayLow)) return Err.Invalid;
  setInterface(
    link, mtu, flags, mac, ipv4Of(low), prefixLen, hasGateway ? ipv4Of(gatewayLow) : 0,
  );
  // The frame slots begin elsewhere now.
  clearSerial();
  dropBurst();
  if (!IS_BOARD) describeFrame(FrameFlag.None, 0);
  startInterface(flags & InterfaceFlag.Quiet ? budgetWord(Budget.MslSeconds) * 1000 : 0);
  return 0;
}

/** The tables take their parts: each knows how many entries it was planned for. */
function carve(): void {
  setFrames(
    partAt(Part.FrameIn), partAt(Part.FrameOut), partAt(Part.Packets), budgetWord(Budget.Mtu),
  );
  startBursts();
  setTable(partAt(Part.Buckets), entriesOf(Part.Buckets));
  for (let table: u32 = 0; table <= <u32>Table.Neighbours; table++) {
    const part = Part.Connections + table;
    setPool(table, partAt(part), entriesOf(part), entryLenOf(part));
  }
  setPool(
    PACKET_POOL, partAt(Part.PacketRecords), budgetWord(Budget.Reassembly), PACKET_BUFFER_LEN,
  );
  clearIcmp();
  clearStrangers();
  setReplies(partAt(Part.Replies), budgetWord(Budget.Replies));
  setTimeWaits(2000 * budgetWord(Budget.MslSeconds));
  setChallenges(budgetWord(Budget.Challenges));
  setRanges(partAt(Part.Ranges), budgetWord(Budget.Ranges));
  setRecords(partAt(Part.Records), budgetWord(Budget.Records));
  setRings(
    partAt(Part.ReceiveRings), budgetWord(Budget.ReceiveRing),
    partAt(Part.SendRings), budgetWord(Budget.SendRing),
  );
}
