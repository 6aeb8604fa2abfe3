/** Addresses as text: what is taken, what is refused, and what the refusal says. */
import assert from "node:assert/strict";
import { isIPv4 } from "node:net";
import { describe, it } from "node:test";
import {
  AddressError, formatAddress, formatMac, isIpv4, parseAddress, parseMac, parsePrefix, randomMac,
} from "../../host/address.js";

const TEXTS = [
  "10.0.0.1", "0.0.0.0", "255.255.255.255", "1.2.3.4", "192.168.001.1", "1.2.3", "1.2.3.4.5",
  "256.1.1.1", "1.2.3.-4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.0x4", "", "a.b.c.d", "1..2.3", "127.1",
  "00.0.0.0", "1.2.3.99999999999", "::1", "1.2.3.4/24",
];

describe("isIpv4", () => {
  for (const text of TEXTS) {
    it(`says of "${text}" what net.isIPv4 says`, () => assert.equal(isIpv4(text), isIPv4(text)));
  }
});

describe("parseAddress", () => {
  it("gives 16 octets, IPv4 mapped into IPv6", () => {
    const octets = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3];
    assert.deepEqual([...parseAddress("10.1.2.3")], octets);
    assert.deepEqual([...parseAddress("::FFFF:10.1.2.3")], octets);
  });

  it('gives zeros for "any", however it is written', () => {
    for (const any of ["0.0.0.0", "::"]) {
      assert.deepEqual([...parseAddress(any)], new Array(16).fill(0));
    }
  });

  it("comes back as the same text", () => {
    for (const text of ["10.0.0.1", "255.255.255.255", "0.0.0.0", "1.0.0.0"]) {
      assert.equal(formatAddress(parseAddress(text)), text);
    }
  });

  it("says what is wrong", () => {
    const refusal = (text: string) => assert.throws(() => parseAddress(text), AddressError);
    for (const text of ["10.0.0", "::1", "example.org"]) refusal(text);
    assert.throws(() => parseAddress("10.0.0.300"), /"10.0.0.300" .* 300 is more than 255/);
    assert.throws(() => parseAddress("10.0.0.01"), /"01" has a leading zero/);
    assert.throws(() => parseAddress("10.0.0.x"), /"x" should be a number/);
  });
});

describe("parsePrefix", () => {
  it("takes an address and the length of its network part", () => {
    const { address, text, prefixLen } = parsePrefix("10.0.0.1/24");
    assert.deepEqual([formatAddress(address), text, prefixLen], ["10.0.0.1", "10.0.0.1", 24]);
  });

  it("says what is missing or wrong", () => {
    assert.throws(() => parsePrefix("10.0.0.1"), /no prefix length: write it as 10.0.0.1\/24/);
    for (const text of ["10.0.0.1/33", "10.0.0.1/", "10.0.0.1/-1", "10.0.0.1/x", "10.0.0/8"]) {
      assert.throws(() => parsePrefix(text), AddressError, text);
    }
  });
});

describe("MAC addresses", () => {
  it("are read with either separator and written with colons", () => {
    assert.equal(formatMac(parseMac("02:00:5E:10:00:ff")), "02:00:5e:10:00:ff");
    assert.equal(formatMac(parseMac("02-00-5e-10-00-ff")), "02:00:5e:10:00:ff");
  });

  it("are refused when no interface may have them", () => {
    assert.throws(() => parseMac("01:00:5e:00:00:01"), /group address/);
    assert.throws(() => parseMac("ff:ff:ff:ff:ff:ff"), /group address/);
    assert.throws(() => parseMac("00:00:00:00:00:00"), /no interface's address/);
    for (const text of ["", "02:00:00:00:00", "2:0:0:0:0:1", "02:00:00:00:00:0g"]) {
      assert.throws(() => parseMac(text), /not a MAC address/, text);
    }
  });

  it("are random ones of the local kind when nobody chose", () => {
    const first = randomMac();
    assert.equal(first[0]! & 3, 2);
    assert.notDeepEqual(first, randomMac());
  });
});
