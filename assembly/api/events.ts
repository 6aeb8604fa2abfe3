/** Events, as the host sees them. */
import { Descriptor } from "../abi/parameters";
import { takeEvent } from "../tcp/events";
import { handleOf } from "./handles";
import { describeWord } from "./parameters";

/** A handle with news, and the news in the descriptor; 0 when there is none. */
export function nextEvent(): i32 {
  const endpoint = takeEvent();
  if (endpoint == null) return 0;
  describeWord(Descriptor.Events, endpoint.events);
  endpoint.events = 0;
  return handleOf(endpoint);
}
