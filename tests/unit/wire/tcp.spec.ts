/** TCP headers. */
import { addOctets, fold } from "../../../assembly/core/checksum";
import { Segment } from "../../../assembly/wire/segment";
import {
  Flag, TCP_HEADER_LEN, addHeader, addOptions, advanceTcp, emitTcp, emitTcpChecksum, emitUrgent,
  firstPort, parseTcp, portsWord, secondPort, swapPorts, tcpHeaderLen, tcpPorts, tcpSequence,
} from "../../../assembly/wire/tcp";
import { CORNERS, fillRandom, seed } from "../support/numbers";
import { hex, put } from "../support/octets";

const packet: usize = memory.data(128, 8);
const seg: Segment = changetype<Segment>(memory.data(offsetof<Segment>(), 8));
/** SYN from port 4660 to 80, sequence number 01020304, window 64240, MSS 1460. */
const SYN = "12 34 00 50 01 02 03 04 00 00 00 00 60 02 fa f0 be ef 00 07 02 04 05 b4";

describe("parseTcp", () => {
  it("reads each field from where RFC 9293 section 3.1 puts it", () => {
    put(packet, SYN);
    put(packet + 24, "61 62 63");
    expect<bool>(parseTcp(packet, 27, seg)).toBe(true);
    expect<u32>(seg.seq).toBe(0x01020304);
    expect<u32>(seg.ack).toBe(0);
    expect<u32>(seg.flags).toBe(Flag.Syn);
    expect<u32>(seg.wnd).toBe(64240);
    expect<u32>(seg.up).toBe(0x0102030b);
    expect<u32>(seg.mss).toBe(1460);
    expect<usize>(seg.textAt).toBe(packet + 24);
    expect<u32>(seg.textLen).toBe(3);
    expect<bool>(seg.placed).toBe(false);
  });

  it("forgets the options of the segment before", () => {
    put(packet, SYN);
    parseTcp(packet, 24, seg);
    store<u8>(packet, 0x50, 12);
    expect<bool>(parseTcp(packet, 24, seg)).toBe(true);
    expect<u32>(seg.mss).toBe(0);
    expect<u32>(seg.textLen).toBe(4);
  });

  it("refuses a packet shorter than a header", () => {
    put(packet, SYN);
    for (let len: u32 = 0; len < 20; len++) {
      expect<bool>(parseTcp(packet, len, seg)).toBe(false);
    }
  });

  it("refuses a data offset below 5 or beyond the packet", () => {
    put(packet, SYN);
    for (let words: u32 = 0; words < 16; words++) {
      store<u8>(packet, <u8>(words << 4), 12);
      memory.fill(packet + 20, 1, 40);
      expect<bool>(parseTcp(packet, 40, seg)).toBe(words >= 5 && words <= 10);
    }
  });

  it("refuses an option that leaves the header", () => {
    put(packet, SYN);
    store<u8>(packet, 5, 21);
    expect<bool>(parseTcp(packet, 24, seg)).toBe(false);
    store<u8>(packet, 0, 21);
    expect<bool>(parseTcp(packet, 24, seg)).toBe(false);
  });

  it("keeps text within the packet, whatever the octets are", () => {
    for (let run: u32 = 0; run < 2000; run++) {
      seed(run);
      fillRandom(packet, 128);
      const len = run % 129;
      if (parseTcp(packet, len, seg)) {
        const headerLen = <u32>(seg.textAt - packet);
        expect<bool>(headerLen >= 20 && headerLen <= 60).toBe(true);
        expect<u32>(headerLen + seg.textLen).toBe(len);
      }
    }
  });
});

describe("emitTcp", () => {
  it("writes the header octet by octet, its checksum and urgent pointer 0", () => {
    memory.fill(packet, 0xee, 32);
    emitTcp(packet, portsWord(4660, 80), 0x01020304, 0xa0b0c0d0, Flag.Ack | Flag.Psh, 512, 20);
    expect<string>(hex(packet, 21))
      .toBe("12 34 00 50 01 02 03 04 a0 b0 c0 d0 50 18 02 00 00 00 00 00 ee");
    emitTcpChecksum(packet, 0xefbe);
    expect<string>(hex(packet + 16, 2)).toBe("be ef");
  });

  it("says what it adds to the checksum, and so do the options behind it", () => {
    memory.fill(packet, 0x5a, 128);
    for (let index = 0; index < CORNERS.length; index++) {
      for (let len: u32 = 20; len <= 60; len += 4) {
        const seq = CORNERS[index];
        const sum = emitTcp(packet, 0x12345678, seq, ~seq, Flag.Ack | Flag.Psh, 0xfedc, len);
        expect<u32>(fold(sum)).toBe(fold(addOctets(0, packet, 20)));
        expect<u32>(fold(addOptions(sum, packet, len))).toBe(fold(addOctets(0, packet, len)));
        expect<u32>(fold(addHeader(0, packet, len))).toBe(fold(addOctets(0, packet, len)));
      }
    }
  });

  it("is followed by URG and its pointer where there is one", () => {
    emitTcp(packet, portsWord(1, 2), 0xfffffff0, 0, Flag.Ack, 512, 20);
    emitUrgent(packet, 0);
    expect<string>(hex(packet + 12, 8)).toBe("50 10 02 00 00 00 00 00");
    emitUrgent(packet, 0x1234);
    expect<string>(hex(packet + 12, 8)).toBe("50 30 02 00 00 00 12 34");
    parseTcp(packet, 20, seg);
    expect<u32>(seg.up).toBe(0x1224);
  });

  it("writes what parseTcp reads, for the corners of numbers and every header length", () => {
    for (let index = 0; index < CORNERS.length; index++) {
      for (let headerLen: u32 = 20; headerLen <= 60; headerLen += 4) {
        memory.fill(packet, 1, 128);
        const ack = CORNERS[(index + 1) % CORNERS.length];
        emitTcp(packet, portsWord(65535, 1), CORNERS[index], ack, Flag.Fin, 65535, headerLen);
        expect<bool>(parseTcp(packet, 100, seg)).toBe(true);
        expect<u32>(seg.seq).toBe(CORNERS[index]);
        expect<u32>(seg.ack).toBe(ack);
        expect<u32>(seg.wnd).toBe(65535);
        expect<u32>(seg.flags).toBe(Flag.Fin);
        expect<usize>(seg.textAt).toBe(packet + headerLen);
      }
    }
  });
});

describe("advanceTcp", () => {
  it("changes sequence number and control bits, and nothing but them and what must be 0", () => {
    emitTcp(packet, portsWord(4660, 80), 1, 0xa0b0c0d0, Flag.Ack | Flag.Psh, 512, 24);
    put(packet + 20, "01 01 01 00");
    emitTcpChecksum(packet, 0xefbe);
    advanceTcp(packet, 0xfffefdfc, Flag.Ack);
    expect<string>(hex(packet, 24))
      .toBe("12 34 00 50 ff fe fd fc a0 b0 c0 d0 60 10 02 00 00 00 00 00 01 01 01 00");
    advanceTcp(packet, 2, Flag.Ack | Flag.Psh);
    expect<string>(hex(packet + 4, 10)).toBe("00 00 00 02 a0 b0 c0 d0 60 18");
  });

  it("leaves nothing of urgent data", () => {
    emitTcp(packet, portsWord(1, 2), 0, 0, Flag.Ack, 512, 20);
    emitUrgent(packet, 0x1234);
    advanceTcp(packet, 0, Flag.Ack);
    expect<string>(hex(packet + 12, 8)).toBe("50 10 02 00 00 00 00 00");
  });
});

describe("tcpHeaderLen, tcpPorts and tcpSequence", () => {
  it("read a header that is not whole", () => {
    put(packet, SYN);
    expect<u32>(tcpHeaderLen(packet)).toBe(24);
    expect<u32>(tcpPorts(packet)).toBe(portsWord(4660, 80));
    expect<u32>(tcpSequence(packet)).toBe(0x01020304);
    expect<u32>(TCP_HEADER_LEN).toBe(20);
  });
});

describe("the word of two ports", () => {
  it("gives back its ports, and swapped the other way round", () => {
    const word = portsWord(1, 65534);
    expect<u32>(firstPort(word)).toBe(1);
    expect<u32>(secondPort(word)).toBe(65534);
    expect<u32>(firstPort(swapPorts(word))).toBe(65534);
    expect<u32>(secondPort(swapPorts(word))).toBe(1);
    expect<u32>(swapPorts(swapPorts(word))).toBe(word);
  });
});
