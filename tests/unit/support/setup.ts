/** What a stack under test is set up with: budget, entropy, and interface. */
import { Budget } from "../../../assembly/abi/budget";
import { Interface, LinkKind, Parameter } from "../../../assembly/abi/parameters";
import { parametersPtr } from "../../../assembly/api/setup";

/** 10.0.0.1 and 10.0.0.2, as numbers. */
export const OUR_ADDRESS: u32 = 0x0a000001;
export const PEER_ADDRESS: u32 = 0x0a000002;
/** Octets of each ring. */
export const RING: u32 = 4096;

/** What the entropy of the next stacks is made from. */
let entropy: u32 = 1;

/** The next stacks get another entropy. */
export function setEntropy(from: u32): void {
  entropy = from;
}

/** The longest packet that the frame slots of the next stacks hold; 0: as the core has it. */
let slotMtu: u32 = 0;

/** The next stacks get frame slots for packets of `octets`: for several of the link's, perhaps. */
export function setSlotMtu(octets: u32): void {
  slotMtu = octets;
}

/** Sets a word of the parameters. */
export function setWord(index: u32, value: u32): void {
  store<u32>(parametersPtr() + (<usize>index << 2), value);
}

/** Writes an IPv4 address, as ::ffff:a.b.c.d, `offset` octets into the parameters. */
export function putAddress(offset: usize, address: u32): void {
  const at = parametersPtr() + offset;
  store<u64>(at, 0);
  store<u32>(at, address == 0 ? 0 : 0xffff0000, 8);
  store<u32>(at, bswap<u32>(address), 12);
}

/** A budget for specs: small tables, so that they are soon full. */
export function putBudget(): void {
  memory.fill(parametersPtr(), 0, Parameter.Octets);
  setWord(Budget.Size, 4 * Budget.Words);
  setWord(Budget.Listeners, 3);
  setWord(Budget.Connections, 3);
  setWord(Budget.HalfOpen, 4);
  setWord(Budget.TimeWait, 3);
  setWord(Budget.ReceiveRing, RING);
  setWord(Budget.SendRing, RING);
  setWord(Budget.Ranges, 3);
  setWord(Budget.Replies, 8);
  setWord(Budget.Neighbours, 4);
  setWord(Budget.Mtu, slotMtu);
  for (let index: u32 = 0; index < 32; index++) {
    store<u8>(parametersPtr() + Parameter.Entropy + index, <u8>(index * 7 + entropy));
  }
}

/** Writes what `configure` reads: 10.0.0.1/24, gateway 10.0.0.254. */
export function putInterface(kind: LinkKind, flags: u32): void {
  memory.fill(parametersPtr(), 0, 4 * Interface.Words);
  setWord(Interface.Kind, kind);
  setWord(Interface.Mtu, 1500);
  setWord(Interface.PrefixLen, 24);
  setWord(Interface.Flags, flags);
  setWord(Interface.Mac, 0x00000002);
  setWord(Interface.Mac + 1, 0x0100);
  putAddress(4 * Interface.Address, OUR_ADDRESS);
  putAddress(4 * Interface.Gateway, 0x0a0000fe);
}
