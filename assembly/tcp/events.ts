/**
 * Events: a mask of bits per endpoint, on a queue through the endpoints themselves. Bits coalesce,
 * so the queue cannot overflow.
 */
import { setEventsWait } from "../core/descriptor";
import { Link, append, clearLink, isLone, takeFirst } from "../core/list";
import { Endpoint, endpointOfNews, newsOf } from "./entry";

const queue: Link = changetype<Link>(memory.data(offsetof<Link>(), 4));

/** Empties the queue. */
export function clearEvents(): void {
  clearLink(queue);
  setEventsWait(0);
}

/** Tells the host of `events` (bits of `Event`). */
export function raise(endpoint: Endpoint, events: u32): void {
  noteEvents(endpoint, events);
  tellEvents(endpoint);
}

/** Notes `events` for when the endpoint is handed to the host: `tellEvents`. */
export function noteEvents(endpoint: Endpoint, events: u32): void {
  endpoint.events |= <u16>events;
}

/** The endpoint belongs to the host: what was noted is told. */
export function tellEvents(endpoint: Endpoint): void {
  const news = newsOf(endpoint);
  if (endpoint.events == 0 || !isLone(news)) return;
  append(queue, news);
  setEventsWait(1);
}

/** Takes out the endpoint with the oldest news, or null. Its bits are the caller's to clear. */
export function takeEvent(): Endpoint | null {
  const news = takeFirst(queue);
  if (isLone(queue)) setEventsWait(0);
  return news == null ? null : endpointOfNews(news);
}

/** Whether the queue holds anything. */
export function hasEvents(): bool {
  return !isLone(queue);
}
