/** TCP options, as they are read and as they are sent (RFC 9293 section 3.2). */
import assert from "node:assert/strict";
import { type Lab, onBothBuilds } from "../support/lab.js";
import { Remote, accepted, connecting, listening } from "../support/remote.js";
import { textOf } from "../support/segment_line.js";
import { TCP_HEADER } from "../support/wire.js";

const END = 0;
const NO_OPERATION = 1;
const MSS = 2;

/** The options of the segment heard last, by kind. Fails unless they are well formed. */
function optionsHeard(remote: Remote): Map<number, Buffer> {
  const { octets, textAt, payloadAt } = remote.last!;
  const options = Buffer.from(octets.subarray(textAt + TCP_HEADER, payloadAt));
  const found = new Map<number, Buffer>();
  for (let at = 0; at < options.length;) {
    const kind = options[at]!;
    if (kind === END) {
      assert.ok(options.subarray(at).every((octet) => octet === 0), "zeros behind the end");
      break;
    }
    if (kind === NO_OPERATION) {
      at++;
      continue;
    }
    const len = options[at + 1] ?? 0;
    assert.ok(len >= 2 && at + len <= options.length, `option ${kind}: length ${len}`);
    assert.ok(!found.has(kind), `option ${kind} twice`);
    found.set(kind, options.subarray(at, at + len));
    at += len;
  }
  return found;
}

for (let shift = 1; shift < 4; shift++) {
  onBothBuilds(`options begin at any octet: an MSS moved by ${shift} ` +
    "[S20, MUST-4, MUST-64]", (lab) => {
    const options = [...new Array<number>(shift).fill(NO_OPERATION), MSS, 4, 700 >> 8, 700 & 255];
    const { remote, handle } = accepted(lab, { syn: { options } });
    lab.write(handle, textOf(1, 700));
    assert.deepEqual(remote.hears(), ["PA 1+700 ack 1"]);
  });
}

onBothBuilds("every option that we send has its length, and zeros follow the last " +
  "[S20, MUST-68, MUST-69]", (lab) => {
  const { remote } = connecting(lab);
  remote.hears();
  assert.deepEqual([...optionsHeard(remote).get(MSS)!], [MSS, 4, 1460 >> 8, 1460 & 255]);
  listening(lab);
  for (const syn of [{}, { mss: 1000 }, { mss: 1000, scale: 2 }]) {
    const other = new Remote(lab, { port: 5000 + Object.keys(syn).length });
    other.says("S 0", syn);
    other.hears();
    assert.ok(optionsHeard(other).has(MSS));
  }
});

/** Says everything that a connection says in its life, segment by segment. */
function life(lab: Lab, remote: Remote, handle: number, check: () => void): void {
  const steps = [
    () => remote.says("SA 0 ack 1", { mss: 1000, scale: 1 }),
    () => lab.write(handle, textOf(1, 10)),
    () => remote.says("A 0 ack 11"),
    () => lab.do((stack) => stack.shutdown(handle)),
    () => remote.says("FA 1 ack 12"),
  ];
  for (const step of steps) {
    step();
    assert.notEqual(remote.hears().length, 0);
    check();
  }
}

onBothBuilds("only SYNs offer an MSS [S03, MUST-65]", (lab) => {
  const { remote, handle } = connecting(lab);
  remote.hears();
  assert.ok(optionsHeard(remote).has(MSS));
  life(lab, remote, handle, () => assert.ok(!optionsHeard(remote).has(MSS)));
  const closed = new Remote(lab, { ownPort: 9 });
  closed.says("S 0", { mss: 1000 });
  closed.hears();
  assert.ok(!optionsHeard(closed).has(MSS), "a RST");
});
