/** Views that are kept are those that were asked for, however many there are. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KeptViews } from "../../host/kept_views.js";

const OCTETS = 4 * 2 ** 20;

function viewsOn(buffer: ArrayBuffer): KeptViews {
  const views = new KeptViews();
  views.update(buffer);
  return views;
}

describe("kept views", () => {
  it("lie where they were asked for, among thousands, and up to the longest ring", () => {
    const buffer = new ArrayBuffer(OCTETS);
    const views = viewsOn(buffer);
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < OCTETS / 2; at += 997) {
        for (const length of [0, 1, 64, 1514, 65536, 2 ** 20]) {
          const view = views.of(at, length);
          assert.equal(view.byteOffset, at);
          assert.equal(view.length, length);
          assert.equal(view.buffer, buffer);
        }
      }
    }
  });

  it("are the same object while nothing else has taken the place", () => {
    const views = viewsOn(new ArrayBuffer(OCTETS));
    assert.equal(views.of(4096, 64), views.of(4096, 64));
    assert.notEqual(views.of(4096, 64), views.of(4096, 65));
  });

  it("are of the memory that there is now", () => {
    const views = viewsOn(new ArrayBuffer(OCTETS));
    const old = views.of(4096, 64);
    const grown = new ArrayBuffer(2 * OCTETS);
    views.update(grown);
    assert.notEqual(views.of(4096, 64), old);
    assert.equal(views.of(4096, 64).buffer, grown);
  });
});
