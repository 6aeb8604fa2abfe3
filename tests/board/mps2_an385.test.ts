/**
 * Aim: another board, with another network controller, carries the same. Method: as for
 * lm3s6965evb.
 */
import { boardSuite } from "../support/board_suite.js";

boardSuite("mps2-an385", { board: "mps2-an385" }, {
  bulk: 10_000_000, lossy: 1_000_000, syns: 100_000,
});
