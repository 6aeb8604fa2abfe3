/**
 * Intrusive circular lists: a link is two words inside what is listed, so that an entry is taken
 * out without a walk. A list is a link of its own, its head.
 *
 *      +------+     +-------+     +-------+
 *   +->| head |<--->| first |<--->| last  |<-+
 *   |  +------+     +-------+     +-------+  |
 *   +----------------------------------------+
 */

@unmanaged
export class Link {
  next: Link;
  previous: Link;
}

/** Makes `list` empty, or `link` a link in no list. */
export function clearLink(link: Link): void {
  link.next = link;
  link.previous = link;
}

/** Whether nothing is listed; of an entry: whether it is in no list. */
export function isLone(link: Link): bool {
  return link.next == link;
}

/** Whether `link` is all that `list` holds. */
export function holdsOnly(list: Link, link: Link): bool {
  return list.next == link && list.previous == link;
}

/** Puts `link` at the end. It must be in no list. */
export function append(list: Link, link: Link): void {
  const last = list.previous;
  link.next = list;
  link.previous = last;
  last.next = link;
  list.previous = link;
}

/** Puts `link` at the beginning. It must be in no list. */
export function prepend(list: Link, link: Link): void {
  append(list.next, link);
}

/** Takes `link` out of its list; harmless when it is in none. */
export function unlink(link: Link): void {
  link.previous.next = link.next;
  link.next.previous = link.previous;
  clearLink(link);
}

/** Takes out the first link, or null: there is none. */
export function takeFirst(list: Link): Link | null {
  const first = list.next;
  if (first == list) return null;
  unlink(first);
  return first;
}

/** Moves all of `from` to the end of `to`. */
export function splice(to: Link, from: Link): void {
  if (isLone(from)) return;
  const first = from.next;
  const last = from.previous;
  const end = to.previous;
  end.next = first;
  first.previous = end;
  last.next = to;
  to.previous = last;
  clearLink(from);
}
