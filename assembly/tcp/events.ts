/**
 * Events: a mask of bits per endpoint, on a queue through the endpoints themselves. Bits coalesce,
 * so the queue cannot overflow; an endpoint that has been released in between is passed over.
 */
import { Endpoint } from "./entry";

@unmanaged
@final
class EventQueue {
  first: usize;
  last: usize;
}

const queue: EventQueue = changetype<EventQueue>(memory.data(offsetof<EventQueue>(), 4));

/** Empties the queue. */
export function clearEvents(): void {
  queue.first = 0;
  queue.last = 0;
}

/** Tells the host of `events` (bits of `Event`). */
export function raise(endpoint: Endpoint, events: u32): void {
  endpoint.events |= <u16>events;
  if (!endpoint.queued) enqueue(endpoint);
}

/** Notes `events` for when the endpoint is handed to the host: `tellEvents`. */
export function noteEvents(endpoint: Endpoint, events: u32): void {
  endpoint.events |= <u16>events;
}

/** The endpoint belongs to the host now: what was noted is told. */
export function tellEvents(endpoint: Endpoint): void {
  if (endpoint.events != 0 && !endpoint.queued) enqueue(endpoint);
}

/** Takes out the endpoint with the oldest news, or null. Its bits are the caller's to clear. */
export function takeEvent(): Endpoint | null {
  const at = queue.first;
  if (at == 0) return null;
  const endpoint = changetype<Endpoint>(at);
  queue.first = endpoint.eventNext;
  if (queue.first == 0) queue.last = 0;
  endpoint.eventNext = 0;
  endpoint.queued = 0;
  return endpoint;
}

function enqueue(endpoint: Endpoint): void {
  endpoint.queued = 1;
  endpoint.eventNext = 0;
  const at = changetype<usize>(endpoint);
  if (queue.last == 0) queue.first = at;
  else changetype<Endpoint>(queue.last).eventNext = at;
  queue.last = at;
}

/** Whether the queue holds anything. */
export function hasEvents(): bool {
  return queue.first != 0;
}
