/**
 * Aim: another board, with another network controller, carries the same; with the module as it is,
 * without native sums in its place. Method: as for lm3s6965evb.
 */
import { boardSuite } from "../support/board_suite.js";

boardSuite("mps2-an385", { board: "mps2-an385", pure: true }, {
  bulk: 10_000_000, lossy: 1_000_000, syns: 100_000,
});
