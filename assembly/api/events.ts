/** Events, as the host sees them. */
import { Event } from "../abi/event";
import { Descriptor } from "../abi/parameters";
import { takeEvent } from "../tcp/events";
import { outdatePlan } from "../tcp/plan";
import { handleOf } from "./handles";
import { describeWord } from "./parameters";

/** A handle with news, and the news in the descriptor; 0 when there is none. */
export function nextEvent(): i32 {
  const endpoint = takeEvent();
  if (endpoint == null) return 0;
  describeWord(Descriptor.Events, endpoint.events);
  // Whether a write goes on counts for Nagle's algorithm (tcp/output.ts).
  if (endpoint.events & Event.Writable) outdatePlan();
  endpoint.events = 0;
  return handleOf(endpoint);
}
