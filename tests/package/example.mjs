// Two stacks, no network, no clock: frames are handed over by a loop, and time stands still.
// The package's test runs this until README.md has a first example of its own.
import { Stack } from "motetcp";

const left = await Stack.create();
const right = await Stack.create();
left.configure({ address: "10.0.0.1/24" });
right.configure({ address: "10.0.0.2/24" });

function settle() {
  for (let frames = -1; frames !== 0; ) {
    frames = 0;
    for (const [from, to] of [[left, right], [right, left]]) {
      for (let frame = from.transmit(0); frame; frame = from.transmit(0)) {
        to.receive(frame, 0);
        frames++;
      }
    }
  }
}

right.listen({ port: 80 });
left.connect({ address: "10.0.0.2", port: 80 });
settle();
for (let event = left.nextEvent(); event; event = left.nextEvent()) console.log(event);
