/** Numbers that an attacker who sees nothing tries. */

const SPACE = 2 ** 32;
const EVENLY = 256;
/** The stack's receive ring: where its window ends. */
const EDGE = 4096;

/** Distances from a number, all around the sequence space; the number itself is not among them. */
export function around(): number[] {
  const near = [1, 2, 100, EDGE - 1, EDGE, EDGE + 1, 65535, 65536];
  const powers = Array.from({ length: 31 }, (_, bit) => 2 ** bit);
  const even = Array.from({ length: EVENLY }, (_, index) => index * (SPACE / EVENLY) + 7);
  const all = [...near, ...powers].flatMap((distance) => [distance, -distance]);
  return [...new Set([...all, ...even, 2 ** 31].map((distance) => distance | 0))];
}

/** Distances within the window, without its first number. */
export function inWindow(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + Math.floor(index * (EDGE - 1) / count));
}
