/** UDP headers. */
import { checkUdpLengths, udpHasChecksum, udpLenField } from "../../../assembly/wire/udp";
import { put } from "../support/octets";

const header: usize = memory.data(16, 8);

describe("checkUdpLengths", () => {
  it("takes a length that covers the header and lies within the packet", () => {
    put(header, "04 00 00 35 00 08 00 00");
    expect<bool>(checkUdpLengths(header, 8)).toBe(true);
    expect<bool>(checkUdpLengths(header, 20)).toBe(true);
    expect<u32>(udpLenField(header)).toBe(8);
  });

  it("refuses a length below 8, one beyond the packet, and a packet below 8", () => {
    for (let field: u32 = 0; field < 8; field++) {
      store<u16>(header, bswap<u16>(<u16>field), 4);
      expect<bool>(checkUdpLengths(header, 20)).toBe(false);
    }
    store<u16>(header, bswap<u16>(21), 4);
    expect<bool>(checkUdpLengths(header, 20)).toBe(false);
    store<u16>(header, bswap<u16>(8), 4);
    for (let len: u32 = 0; len < 8; len++) expect<bool>(checkUdpLengths(header, len)).toBe(false);
  });
});

describe("udpHasChecksum", () => {
  it("is false for 0 alone", () => {
    put(header, "04 00 00 35 00 08 00 00");
    expect<bool>(udpHasChecksum(header)).toBe(false);
    put(header, "04 00 00 35 00 08 00 01");
    expect<bool>(udpHasChecksum(header)).toBe(true);
    put(header, "04 00 00 35 00 08 80 00");
    expect<bool>(udpHasChecksum(header)).toBe(true);
  });
});
