/** ICMP messages. */
import { addOctets, fold } from "../../../assembly/core/checksum";
import {
  FRAGMENTATION_NEEDED, ICMP_HEADER_LEN, ICMP_UNREACHABLE, UNREACHABLE_PORT, checkIcmpChecksum,
  emitEchoReply, emitIcmpError, icmpCode, icmpType, isIcmpQuery,
} from "../../../assembly/wire/icmp";
import { fillRandom, seed } from "../support/numbers";
import { hex, put } from "../support/octets";

const message: usize = memory.data(128, 8);

describe("emitEchoReply", () => {
  it("turns a request into its reply: type 0, same identifier, number and data", () => {
    put(message, "08 00 00 00 12 34 00 07 61 62 63");
    store<u16>(message, <u16>(fold(addOctets(0, message, 11)) ^ 0xffff), 2);
    expect<bool>(checkIcmpChecksum(message, 11)).toBe(true);
    emitEchoReply(message, 11);
    expect<string>(hex(message, 2)).toBe("00 00");
    expect<string>(hex(message + 4, 7)).toBe("12 34 00 07 61 62 63");
    expect<bool>(checkIcmpChecksum(message, 11)).toBe(true);
  });

  it("has a right checksum for any data and length", () => {
    for (let len: u32 = ICMP_HEADER_LEN; len < 128; len++) {
      seed(len);
      fillRandom(message, len);
      emitEchoReply(message, len);
      expect<bool>(checkIcmpChecksum(message, len)).toBe(true);
    }
  });
});

describe("emitIcmpError", () => {
  it("writes type and code, zeroes the rest of the header, keeps the quote", () => {
    memory.fill(message, 0xee, 128);
    emitIcmpError(message, ICMP_UNREACHABLE, UNREACHABLE_PORT, 36);
    expect<u32>(icmpType(message)).toBe(3);
    expect<u32>(icmpCode(message)).toBe(3);
    expect<u32>(load<u32>(message, 4)).toBe(0);
    expect<u32>(load<u8>(message, 8)).toBe(0xee);
    expect<bool>(checkIcmpChecksum(message, 36)).toBe(true);
  });
});

describe("checkIcmpChecksum", () => {
  it("notices any single flipped bit", () => {
    emitIcmpError(message, ICMP_UNREACHABLE, FRAGMENTATION_NEEDED, 37);
    for (let bit: u32 = 0; bit < 37 * 8; bit++) {
      const at = message + (bit >> 3);
      const flip = <u8>(<u32>1 << (bit & 7));
      store<u8>(at, load<u8>(at) ^ flip);
      expect<bool>(checkIcmpChecksum(message, 37)).toBe(false);
      store<u8>(at, load<u8>(at) ^ flip);
    }
  });
});

describe("isIcmpQuery", () => {
  it("holds for questions and answers, not for errors or what nobody knows", () => {
    const queries: u32[] = [0, 8, 13, 14, 15, 16, 17, 18];
    for (let type: u32 = 0; type < 256; type++) {
      store<u8>(message, <u8>type);
      expect<bool>(isIcmpQuery(message)).toBe(queries.includes(type));
    }
  });
});
