/** Scripts of applications, drawn: how much they send, how they read, how they leave. */
import type { Random } from "../../host/link/random.js";
import type { Leave, Script } from "./endpoint.js";

/** Whether an end that leaves so lets the other say all it has to say. */
export function isPolite(script: Script): boolean {
  return script.leave === "finish" || script.leave === "let go";
}

/** `most`: octets to send at the most. `isStrict`: as `Plan.isStrict`. */
export function drawScript(random: Random, most: number, isStrict: boolean): Script {
  const sizes = [0, 1, 100, 5000, 20_000, most];
  const isPausing = random.chance(0.3);
  const isLateReader = random.chance(0.25);
  const leaves: Leave[] = ["finish", "finish", "finish", "let go"];
  if (random.chance(isStrict ? 0.1 : 0.4)) leaves.splice(0, 3, "walk away", "abort");
  const sendLen = Math.min(most, sizes[random.below(sizes.length)]!);
  return {
    sendLen,
    // No more writes, and reads, than a run can take.
    writeMost: Math.max(sendLen >> 9, [1, 100, 1460, 20_000][random.below(4)]!),
    writePauseUs: isPausing ? [1000, 100_000, 2_000_000][random.below(3)]! : 0,
    readMost: [50, 1000, 65_536][random.below(3)]!,
    readPauseUs: random.chance(0.2) ? [1000, 20_000][random.below(2)]! : 0,
    readDelayUs: isLateReader ? [100_000, 5_000_000, 90_000_000][random.below(3)]! : 0,
    leave: leaves[random.below(leaves.length)]!,
    abortAfterUs: random.below([1000, 1_000_000, 20_000_000][random.below(3)]!),
    options: drawOptions(random, isStrict),
  };
}

function drawOptions(random: Random, isStrict: boolean): Script["options"] {
  const options: Script["options"] = {};
  if (random.chance(0.3)) options.noDelay = 1;
  if (random.chance(0.3)) options.ackDelay = random.below(500);
  if (random.chance(0.3)) options.minRto = random.between(10, 2000);
  if (random.chance(0.2)) options.timeToLive = random.between(1, 255);
  if (random.chance(0.2)) options.diffServ = random.below(256);
  // Where somebody may leave without a word, who waits for him must ask now and then.
  options.keepAlive = 1;
  options.keepAliveIdle = random.between(5, 60);
  options.keepAliveInterval = random.between(5, 30);
  options.keepAliveCount = isStrict ? 30 : random.between(2, 9);
  options.userTimeout = isStrict ? 3600 : random.between(60, 600);
  return options;
}
