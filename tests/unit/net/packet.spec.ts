/** The packet being received, as the layers above see it. */
import { thePacket } from "../../../assembly/net/packet";
import { frameInPtr } from "../../../assembly/api/stack";
import { OUR_MAC, PEER_MAC, beginEthernet, sendFrame } from "../support/ethernet";
import { OUR_ADDRESS, PEER_ADDRESS, begin, deliver, putIp } from "../support/peer";

describe("thePacket", () => {
  it("says where the text lies and whose it is", () => {
    begin();
    putIp(frameInPtr(), 253, PEER_ADDRESS, OUR_ADDRESS, 10);
    deliver(40);
    const packet = thePacket();
    expect<usize>(packet.at).toBe(frameInPtr());
    expect<usize>(packet.textAt).toBe(frameInPtr() + 20);
    expect<u32>(packet.textLen).toBe(10);
    expect<u64>(packet.remoteHigh).toBe(0);
    expect<u64>(packet.remoteLow).toBe((<u64>bswap<u32>(PEER_ADDRESS) << 32) | 0xffff0000);
    expect<u32>(packet.protocol).toBe(253);
    expect<usize>(packet.sourceMac).toBe(0);
  });

  it("knows the station that sent it, where there is one", () => {
    beginEthernet();
    sendFrame(
      OUR_MAC + " " + PEER_MAC +
      " 08 00 45 00 00 14 00 00 00 00 40 fd 65 eb 0a 00 00 02 0a 00 00 01",
    );
    expect<usize>(thePacket().sourceMac).toBe(frameInPtr() + 6);
  });
});
