#!/usr/bin/env node
/**
 * The command `motetcp`: finds the verb, loads its code, and turns what it throws into a message
 * and an exit status: 0 all well, 1 it failed on the way (refused, timed out, no such device ...),
 * 2 the command line makes no sense.
 */
import { UsageError } from "./command_line.js";
import { nearest } from "./suggest.js";
import { packageVersion } from "./version.js";

/** A verb's code: its help text, and what it does. Resolves to the exit status. */
interface Verb {
  summary: string;
  load(): Promise<{ help: string; run(argv: string[]): Promise<number> }>;
}

const VERBS: Record<string, Verb> = {
  serve: {
    summary: "serve files over HTTP, take uploads, answer ping",
    load: async () => {
      const { SERVE_HELP, serveCommand } = await import("./serve.js");
      return { help: SERVE_HELP, run: serveCommand };
    },
  },
  connect: {
    summary: "stdin and stdout over a connection, as nc does",
    load: async () => {
      const { CONNECT_HELP, connectCommand } = await import("./connect.js");
      return { help: CONNECT_HELP, run: connectCommand };
    },
  },
  ping: {
    summary: "ask a host for an echo, and measure how long it takes",
    load: async () => {
      const { PING_HELP, pingCommand } = await import("./ping.js");
      return { help: PING_HELP, run: pingCommand };
    },
  },
  run: {
    summary: "run firmware, an application with the stack in its module",
    load: async () => {
      const { RUN_HELP, runCommand } = await import("./run.js");
      return { help: RUN_HELP, run: runCommand };
    },
  },
  drill: {
    summary: "run packetdrill scripts against the stack in virtual time",
    load: async () => {
      const { DRILL_HELP, drillCommand } = await import("./drill.js");
      return { help: DRILL_HELP, run: drillCommand };
    },
  },
  flash: {
    summary: "make the firmware of a board, and say how it gets there",
    load: async () => {
      const { flashCommand, flashHelp } = await import("./flash.js");
      return { help: await flashHelp(), run: flashCommand };
    },
  },
  audit: {
    summary: "check the laws of the core on its modules",
    load: async () => {
      const { AUDIT_HELP, auditCommand } = await import("./audit.js");
      return { help: `${AUDIT_HELP}\n`, run: auditCommand };
    },
  },
};

function generalHelp(): string {
  const lines = Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(9)}${summary}`);
  return `\
motetcp: a TCP/IP stack in a Wasm module, on a real wire or on one in memory

  motetcp serve   --link LINK --address A.B.C.D/N [--port 80] [--root DIR] ...
  motetcp connect HOST PORT --link LINK --address A.B.C.D/N ...
  motetcp ping    HOST --link LINK --address A.B.C.D/N ...
  motetcp run     FILE.wasm --link LINK --address A.B.C.D/N ...
  motetcp drill   FILE.pkt ...
  motetcp flash   NAME --out FILE
  motetcp audit   [FILE.wasm ...]

${lines.join("\n")}

  motetcp VERB --help    tells more, LINK included
  motetcp --version

Exit status: 0 all well, 1 it failed on the way (refused, timed out ...), 2 wrong command line.
`;
}

/** Runs the command. Returns the exit status. */
async function main(argv: string[]): Promise<number> {
  const [word, ...rest] = argv;
  if (word === "--version" || word === "-V") {
    process.stdout.write(`motetcp ${packageVersion()}\n`);
    return 0;
  }
  if (word === "--help" || word === "-h" || word === "help") {
    return rest[0] === undefined ? printHelp() : printHelp(rest[0]);
  }
  if (word === undefined) {
    process.stderr.write(generalHelp());
    return 2;
  }
  const verb = verbNamed(word);
  if (verb === undefined) return 2;
  const { help, run } = await verb.load();
  if (asksForHelp(rest)) {
    process.stdout.write(help);
    return 0;
  }
  try {
    return await run(rest);
  } catch (error) {
    return report(word, error);
  }
}

async function printHelp(word?: string): Promise<number> {
  const verb = word === undefined ? undefined : verbNamed(word);
  if (word !== undefined && verb === undefined) return 2;
  process.stdout.write(verb === undefined ? generalHelp() : (await verb.load()).help);
  return 0;
}

function verbNamed(word: string): Verb | undefined {
  if (Object.hasOwn(VERBS, word)) return VERBS[word];
  const names = Object.keys(VERBS);
  const meant = nearest(word, names);
  const advice = meant === undefined ? `there are ${names.join(", ")}` : `did you mean ${meant}?`;
  process.stderr.write(`motetcp: there is no verb "${word}"; ${advice}\n`);
  return undefined;
}

/** Before a `--`, behind which all words mean themselves. */
function asksForHelp(argv: string[]): boolean {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  return words.includes("--help") || words.includes("-h");
}

/** Says what went wrong. Returns the exit status. */
function report(verb: string, error: unknown): number {
  if (error instanceof UsageError) {
    const hint = `motetcp ${verb} --help tells more`;
    process.stderr.write(`motetcp ${verb}: ${error.message}\n${hint}\n`);
    return 2;
  }
  const { message, stack } = error as Error;
  // What has no code and is no plain Error is a fault of ours: then the place matters.
  const isOurs = error instanceof TypeError || error instanceof ReferenceError;
  const text = isOurs && !("code" in error) ? stack ?? message : message;
  process.stderr.write(`motetcp ${verb}: ${text}\n`);
  return 1;
}

process.exitCode = await main(process.argv.slice(2));
