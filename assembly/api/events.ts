/** Events, as the host sees them. */
import { Descriptor } from "../abi/parameters";
import { READY_PER_CALL } from "../config";
import { takeEvent } from "../tcp/events";
import { handleOf, isHeld } from "./handles";
import { describeWord } from "./parameters";

/**
 * A handle with news, and the news in the descriptor; 0 when there is none. After many endpoints
 * have been released at once it may say 0 early: `nextDeadline` then says 0, too.
 */
export function nextEvent(): i32 {
  for (let turn: u32 = 0; turn < READY_PER_CALL; turn++) {
    const endpoint = takeEvent();
    if (endpoint == null) return 0;
    const events = <u32>endpoint.events;
    // What is noted for a connection not yet accepted stays, and is told with its handle.
    if (events == 0 || !isHeld(endpoint)) continue;
    endpoint.events = 0;
    describeWord(Descriptor.Events, events);
    return handleOf(endpoint);
  }
  return 0;
}
