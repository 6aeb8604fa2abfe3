/**
 * Aim: what is flashed on the reference board, 64 KB of memory in all, is a server that Linux is
 * content with: over Ethernet and over SLIP. Method: the firmware in QEMU, a namespace of the
 * test's own at the other end of its line.
 */
import { boardSuite } from "../support/board_suite.js";

const board = "lm3s6965evb";

boardSuite("lm3s6965evb, Ethernet", { board, link: "ethernet" }, {
  bulk: 10_000_000, lossy: 1_000_000, syns: 100_000,
});
boardSuite("lm3s6965evb, SLIP", { board, link: "slip" }, {
  bulk: 100_000, lossy: 100_000, syns: 100_000,
});
