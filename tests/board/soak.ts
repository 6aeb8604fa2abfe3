/**
 * `npm run board:soak [-- --minutes N --seed N]`: an hour of mixed traffic with the reference
 * board, on a line that loses, doubles, reorders and damages, beside bursts of SYNs of nobody's. In
 * the pauses between the rounds nothing may pile up, the board must not have started anew, and an
 * echo must take as long as in the beginning; in the end no table may hold what is over.
 */
import { readArguments, readInteger } from "../../host/cli/command_line.js";
import { Random } from "../../host/link/random.js";
import { BoardLine, type Client, boardMissing } from "../support/board_line.js";

const OPTIONS = { minutes: { type: "string" }, seed: { type: "string" } } as const;
const BOARD = "lm3s6965evb";
const FAULTS = {
  loss: 0.01, duplicate: 0.005, reorder: 0.02, corrupt: 0.005,
};
const WORKERS = 4;
const ROUND_MS = 20_000;
/** Until what the last round left behind is over: retransmissions, FINs. */
const SETTLE_MS = 60_000;
/** Connections whose client's RST was lost: the board asks after half a minute. */
const GONE_MOST = 3;
/** TIME-WAIT lasts a minute. */
const FORGET_MS = 70_000;
/** What a SYN of nobody's leaves behind lasts three minutes (RFC 9293 section 3.8.3, R2). */
const CALM_MS = 210_000;
const PINGS = 200;
/** The latest rounds may be slower by this factor, and a little. */
const DRIFT_MOST = 2;
const DRIFT_US = 1000;
const ANSWER_TIMEOUT_MS = 120_000;
const CONNECTIONS = 8;

/** What a client does, and what it must be told. */
const DEEDS: [word: string, most: number, answer: string][] = [
  ["echo", 200_000, "same"],
  ["echo", 2_000, "same"],
  ["discard", 200_000, "taken"],
  ["chargen", 200_000, "got"],
  ["abort", 4_000, "aborted"],
];

class Soak {
  private readonly startMs = performance.now();
  private readonly clients: Client[];
  private readonly randoms: Random[];
  private readonly pings: number[] = [];
  private deeds = 0;

  constructor(private readonly line: BoardLine, seed: number, private readonly endMs: number) {
    this.clients = Array.from({ length: WORKERS }, () => line.client());
    this.randoms = this.clients.map((_, index) => new Random(seed, index));
  }

  /** Traffic, a pause, and a look. Throws with what is wrong. */
  async round(): Promise<void> {
    const endMs = performance.now() + ROUND_MS;
    await Promise.all(this.clients.map((_, index) => this.work(index, endMs)));
    await this.settle(GONE_MOST);
    const median = Number(await this.ask(0, `ping ${PINGS}`));
    this.pings.push(median);
    this.checkDrift();
    const page = await this.page();
    const up = Number(/, up (\d+) s/.exec(page)?.[1]);
    const seconds = (performance.now() - this.startMs) / 1000;
    // The clock of a board in an emulator stands still when the emulator does.
    if (up > seconds + 5 || up < seconds / 2) throw new Error(`up ${up} s after ${seconds} s`);
    const odd = this.line.emulator.lines.find((line) => /trap|cannot/.test(line));
    if (odd !== undefined) throw new Error(odd);
    console.log(`${seconds.toFixed(0)} s: ${this.deeds} deeds, echo ${median} us, up ${up} s`);
  }

  /** At the end nothing is left, and all connections can be had. */
  async end(): Promise<void> {
    await this.settle(0);
    await new Promise((resolve) => setTimeout(resolve, FORGET_MS));
    const left = othersIn(await this.page(), ["LISTEN"]);
    if (left.length > 0) throw new Error(`these are left for ever:\n${left.join("\n")}`);
    for (let name = 1; name <= CONNECTIONS; name++) {
      await this.expect(0, `hold ${name}`, "connected");
      await this.expect(0, `talk ${name} good day`, "good day");
    }
    for (let name = 1; name <= CONNECTIONS; name++) {
      await this.expect(0, `drop ${name}`, "closed");
    }
    console.log((await this.page()).replace(/^[^]*?\n\n/, ""));
  }

  private async work(index: number, endMs: number): Promise<void> {
    const random = this.randoms[index]!;
    const isEarly = endMs < this.endMs - CALM_MS;
    while (performance.now() < endMs) {
      this.deeds++;
      if (random.chance(0.2)) {
        const page = await this.page();
        if (!page.endsWith("</pre>\n")) throw new Error(`a page that ends with ${page.slice(-40)}`);
      } else if (index === 0 && isEarly && random.chance(0.1)) {
        this.line.attacker!.tell(`flood 7 ${random.between(100, 5000)}`);
        await this.line.attacker!.line(ANSWER_TIMEOUT_MS);
      } else {
        const [word, most, answer] = DEEDS[random.between(0, DEEDS.length - 1)]!;
        await this.expect(index, `${word} ${random.between(1, most)}`, answer);
      }
    }
  }

  /** Waits until the board has at most so many connections that live. */
  private async settle(most: number): Promise<void> {
    const endMs = performance.now() + SETTLE_MS;
    for (;;) {
      const rows = othersIn(await this.page(), ["LISTEN", "TIME-WAIT", "SYN-RECEIVED"]);
      if (rows.length <= most) return;
      if (performance.now() > endMs) throw new Error(`connections are left:\n${rows.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }

  private checkDrift(): void {
    const quarter = Math.ceil(this.pings.length / 4);
    const median = (times: number[]): number =>
      [...times].sort((a, b) => a - b)[times.length >> 1]!;
    const first = median(this.pings.slice(0, quarter));
    const last = median(this.pings.slice(-quarter));
    if (this.pings.length < 8 || last <= first * DRIFT_MOST + DRIFT_US) return;
    throw new Error(`an echo took ${first} us at first, and takes ${last} us now`);
  }

  private async ask(index: number, words: string): Promise<string> {
    try {
      return await this.clients[index]!.ask(words, ANSWER_TIMEOUT_MS);
    } catch (error) {
      const sockets = this.line.space.run(["ss", "-tanoi"]).text;
      throw new Error(`${words}: ${(error as Error).message}\n${sockets}\n${await this.page()}`);
    }
  }

  private page(): Promise<string> {
    return this.line.curl("/", ANSWER_TIMEOUT_MS);
  }

  private async expect(index: number, words: string, answer: string): Promise<void> {
    const said = await this.ask(index, words);
    if (said !== answer) throw new Error(`${words}: ${said}, not ${answer}`);
  }
}

/** The board's connections in none of these states, without the one that the page came by. */
function othersIn(page: string, states: string[]): string[] {
  const rows = page.split("\n\n")[1]!.split("\n").slice(1).filter((row) =>
    !states.some((state) => row.includes(` ${state}`)));
  const ours = rows.findIndex((row) => /:80 .* ESTABLISHED/.test(row));
  return rows.filter((_, index) => index !== ours);
}

async function main(argv: string[]): Promise<void> {
  const { values } = readArguments(argv, OPTIONS);
  const minutes = readInteger("--minutes", values.minutes ?? "60", 1, 10_000);
  const seed = readInteger("--seed", values.seed ?? "1", 0, 2 ** 32);
  const missing = boardMissing(BOARD, "curl", "ss");
  if (missing !== false) throw new Error(missing);
  const faults = Object.entries({ ...FAULTS, seed }).flatMap(([name, value]) =>
    [`--${name}`, `${value}`]);
  const line = await BoardLine.start({ board: BOARD, faults, hasAttacker: true });
  try {
    const endMs = performance.now() + minutes * 60_000;
    const soak = new Soak(line, seed, endMs);
    while (performance.now() < endMs) await soak.round();
    await soak.end();
    console.log(`${minutes} minutes, seed ${seed}: nothing is left, nothing is slower`);
  } finally {
    await line.remove();
  }
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  console.error(`board:soak: ${(error as Error).message}`);
  process.exit(1);
}
