/** Packet buffers: who gets which, and who makes room. */
import { Counter } from "../../../assembly/abi/counter";
import { Budget } from "../../../assembly/abi/budget";
import { init } from "../../../assembly/api/setup";
import { inMs } from "../../../assembly/core/clock";
import { copyPair, pairOf } from "../../../assembly/core/pair";
import { dropEntry, touch } from "../../../assembly/core/pool";
import { enterEntry } from "../../../assembly/core/table";
import { startTimer } from "../../../assembly/core/wheel";
import {
  Holds, PacketBuffer, bitsIn, bufferLenOf, clearBits, evict, firstBuffer, keepMac, macIn,
  takeBuffer, textIn,
} from "../../../assembly/net/buffers";
import { packetsAt } from "../../../assembly/net/frame";
import { thePacket } from "../../../assembly/net/packet";
import { counted, now, putBudget, setWord } from "../support/peer";

/** A stack with so many buffers. */
function beginWith(buffers: u32): void {
  putBudget();
  setWord(Budget.Reassembly, buffers);
  expect<i32>(init(now)).toBe(0);
}

/** A buffer taken for a datagram, as reassembly.ts does it. */
function taken(id: u32): PacketBuffer {
  const buffer = takeBuffer()!;
  copyPair(buffer, pairOf(1, 2, id));
  buffer.state = <u8>Holds.Fragments;
  enterEntry(buffer);
  touch(buffer);
  startTimer(buffer, inMs(60_000));
  return buffer;
}

describe("a packet buffer", () => {
  it("lies at a multiple of 8, apart from all others, with bits for all its units", () => {
    const mtus: u32[] = [576, 577, 1500, 1503, 65535];
    for (let index = 0; index < mtus.length; index++) {
      const len = bufferLenOf(mtus[index]);
      expect<u32>(len & 7).toBe(0);
      expect<bool>((len - 56 - mtus[index]) * 64 >= mtus[index] - 20).toBe(true);
    }
    beginWith(2);
    const first = firstBuffer();
    expect<usize>(textIn(first)).toBe(packetsAt() + 76);
    expect<usize>(textIn(taken(1))).toBe(packetsAt() + bufferLenOf(1500) + 76);
    expect<usize>(bitsIn(first)).toBe(textIn(first) + 1480);
    memory.fill(bitsIn(first), 0xff, 28);
    clearBits(first);
    expect<u32>(load<u32>(bitsIn(first), 20)).toBe(0);
    expect<u32>(load<u32>(bitsIn(first), 24)).toBe(0xffffffff);
  });

  it("keeps the station that a packet came from where a frame has it", () => {
    beginWith(1);
    const packet = thePacket();
    packet.sourceMac = textIn(firstBuffer()) + 100;
    store<u32>(packet.sourceMac, 0x04030201);
    store<u16>(packet.sourceMac, 0x0605, 4);
    keepMac(firstBuffer(), packet);
    expect<usize>(macIn(firstBuffer())).toBe(textIn(firstBuffer()) - 68);
    expect<u32>(load<u32>(macIn(firstBuffer()))).toBe(0x04030201);
    expect<u16>(load<u16>(macIn(firstBuffer()), 4)).toBe(0x0605);
  });
});

describe("takeBuffer", () => {
  it("takes the first one last, then that of the oldest datagram", () => {
    beginWith(3);
    const slots: u32[] = [1, 2, 0, 1, 2, 0];
    for (let index = 0; index < slots.length; index++) {
      expect<u32>(taken(index).slot).toBe(slots[index]);
    }
    expect<u32>(counted(Counter.IpReassembliesEvicted)).toBe(3);
  });

  it("takes what has become free before what is in use", () => {
    beginWith(3);
    taken(1);
    const second = taken(2);
    taken(3);
    dropEntry(second);
    expect<u32>(taken(4).slot).toBe(second.slot);
    expect<u32>(counted(Counter.IpReassembliesEvicted)).toBe(0);
  });

  it("leaves a message where it is", () => {
    beginWith(2);
    firstBuffer().state = <u8>Holds.Message;
    expect<u32>(taken(1).slot).toBe(1);
    expect<u32>(taken(2).slot).toBe(1);
    beginWith(1);
    firstBuffer().state = <u8>Holds.Message;
    expect<bool>(takeBuffer() == null).toBe(true);
    expect<u32>(firstBuffer().state).toBe(Holds.Message);
  });
});

describe("evict", () => {
  it("empties a buffer with fragments, and counts; others it leaves alone", () => {
    beginWith(1);
    const buffer = taken(1);
    evict(buffer);
    expect<u32>(buffer.state).toBe(Holds.Nothing);
    evict(buffer);
    buffer.state = <u8>Holds.Message;
    evict(buffer);
    expect<u32>(buffer.state).toBe(Holds.Message);
    expect<u32>(counted(Counter.IpReassembliesEvicted)).toBe(1);
  });
});
