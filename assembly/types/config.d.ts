/** Names given to asc by `--use NAME=N`; this file tells tsc of them, asc never reads it. */
declare const CFG_BOARD: i32;
declare const CFG_SMALL: i32;
declare const CFG_ARENA_BYTES: usize;
