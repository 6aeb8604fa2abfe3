/**
 * Aim: the header in front of a frame says to Linux what the stack's descriptor says, and the other
 * way round. Method: octets as struct virtio_net_hdr of linux/virtio_net.h has them.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FrameFlag, ReceiveFlag } from "../../assembly/abi/parameters.js";
import {
  VNET_HEADER_OCTETS, readVnetHeader, writeVnetHeader,
} from "../../host/link/virtio_net.js";
import { tcpFrame } from "../support/tcp_frame.js";
import { ETHERNET_HEADER } from "../support/wire.js";

const TIMESTAMPS = [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2];
const frame = tcpFrame("client", { seq: 1, ack: 2, text: "x".repeat(3000), options: TIMESTAMPS });

/** The header of a frame, in a buffer that has seen others. */
function headerOf(octets: Uint8Array, ipAt: number, flags: number, size: number): number[] {
  const buffer = new Uint8Array(100).fill(0xee);
  writeVnetHeader(buffer, octets, ipAt, flags, size);
  assert.deepEqual(buffer.subarray(VNET_HEADER_OCTETS), new Uint8Array(90).fill(0xee));
  return [...buffer.subarray(0, VNET_HEADER_OCTETS)];
}

describe("the header of virtio's in front of a frame", () => {
  it("is all zeros when nothing is left to do", () => {
    assert.deepEqual(headerOf(frame, ETHERNET_HEADER, FrameFlag.None, 0), Array(10).fill(0));
  });

  it("asks for the checksum, and says where it begins and goes", () => {
    const header = headerOf(frame, ETHERNET_HEADER, FrameFlag.PartialChecksum, 0);
    assert.deepEqual(header, [1, 0, 14 + 20 + 32, 0, 0, 0, 14 + 20, 0, 16, 0]);
  });

  it("asks for segments of TCP over IPv4, and says how much text each is to have", () => {
    const header = headerOf(frame, ETHERNET_HEADER, FrameFlag.PartialChecksum, 1448);
    assert.deepEqual(header, [1, 1, 66, 0, 1448 & 255, 1448 >> 8, 34, 0, 16, 0]);
  });

  it("counts from the IP header where there is no other, and minds IP options", () => {
    const packet = frame.slice(ETHERNET_HEADER);
    const flags = FrameFlag.PartialChecksum;
    assert.deepEqual(headerOf(packet, 0, flags, 0), [1, 0, 52, 0, 0, 0, 20, 0, 16, 0]);
    const longer = Uint8Array.from([0x46, ...packet.subarray(1, 20), 0, 0, 0, 0,
      ...packet.subarray(20)]);
    assert.deepEqual(headerOf(longer, 0, flags, 0), [1, 0, 56, 0, 0, 0, 24, 0, 16, 0]);
  });

  it("says of what has come whether its checksum is to be looked at", () => {
    const flagsOf = (...octets: number[]): number =>
      readVnetHeader(Uint8Array.from([...octets, ...Array(10).fill(0)]));
    assert.equal(flagsOf(0), ReceiveFlag.None);
    assert.equal(flagsOf(1, 1), ReceiveFlag.Checked, "partial, in segments");
    assert.equal(flagsOf(2), ReceiveFlag.Checked, "verified by the network card");
    assert.equal(flagsOf(4, 1), ReceiveFlag.None, "some other flag");
  });
});
