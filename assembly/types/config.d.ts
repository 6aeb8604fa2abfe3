/** Names given to asc by `--use NAME=N`; this file tells tsc of them, asc never reads it. */
declare const CFG_BOARD: i32;
declare const CFG_SMALL: i32;
declare const CFG_HYSTART: i32;
declare const CFG_PACING: i32;
declare const CFG_BURSTS: i32;
declare const CFG_RESTS: i32;
declare const CFG_PLACES: i32;
declare const CFG_ARENA_BYTES: usize;
declare const CFG_LONG: u32;
// Defaults of the budget: assembly/config.ts.
declare const CFG_LISTENERS: u32;
declare const CFG_CONNECTIONS: u32;
declare const CFG_HALF_OPEN: u32;
declare const CFG_TIME_WAIT: u32;
declare const CFG_RECEIVE_RING: u32;
declare const CFG_SEND_RING: u32;
declare const CFG_RANGES: u32;
declare const CFG_RECORDS: u32;
declare const CFG_REASSEMBLY: u32;
declare const CFG_REPLIES: u32;
declare const CFG_NEIGHBOURS: u32;
declare const CFG_MTU: u32;
declare const CFG_MSL_SECONDS: u32;
