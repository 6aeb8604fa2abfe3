/**
 * Aim: whoever writes a command line that makes no sense is told what would be right, with status
 * 2, before anything is opened. Method: the command in processes of its own; the readers directly.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import {
  UsageError, readArguments, readInteger, readSeconds,
} from "../../host/cli/command_line.js";
import { connectCommand } from "../../host/cli/connect.js";
import { isOnLink, neighbourOf, readNetworkSettings } from "../../host/cli/network_options.js";
import { pingCommand } from "../../host/cli/ping.js";
import { serveCommand } from "../../host/cli/serve.js";
import { editDistance, nearest } from "../../host/cli/suggest.js";
import { run } from "../support/command.js";

const ADDRESS = ["--address", "10.0.0.1/24"];

const WRONG: { words: string[]; says: RegExp }[] = [
  { words: ["serve", "--adress", "10.0.0.1/24"], says: /--adress; did you mean --address\?/ },
  { words: ["serve", "extra"], says: /what is "extra"\? This verb takes only options/ },
  { words: ["serve", "--link", "tap:mote0"], says: /--address is missing.*10\.0\.0\.2\/24/ },
  { words: ["serve", "--address", "10.0.0.1"], says: /write it as 10\.0\.0\.1\/24/ },
  { words: ["serve", "--address", "10.0.0.1/33"], says: /"33" should be a number from 0 to 32/ },
  { words: ["serve", "--address", "10.0.0.0/24"], says: /the address of the network/ },
  { words: ["serve", "--address", "10.0.0.255/24"], says: /the broadcast address/ },
  { words: ["serve", "--link", "wrie", ...ADDRESS], says: /no link "wrie"; LINK is one of/ },
  { words: ["serve", "--link", "tap:", ...ADDRESS], says: /write for example tap:mote0/ },
  { words: ["serve", "--link", "serial:/dev/x@fast", ...ADDRESS], says: /"fast" is no number/ },
  { words: ["serve", "--link", "tap:a", ...ADDRESS, "--bridge", "8081"], says: /--link wire only/ },
  { words: ["serve", "--gateway", "10.0.1.1"], says: /--gateway: 10\.0\.1\.1 is not on the link/ },
  { words: ["serve", "--gateway", "10.0.0.2"], says: /our own address/ },
  { words: ["serve", "--port", "65536"], says: /--port takes a whole number from 1 to 65,535/ },
  { words: ["serve", "--root", "/nowhere"], says: /--root \/nowhere: there is no such folder/ },
  { words: ["serve", "--root", "package.json"], says: /that is a file, not a folder/ },
  { words: ["serve", "--mtu", "100"], says: /--mtu takes a whole number from 576/ },
  { words: ["serve", "--netstat", "0"], says: /--netstat takes seconds, above 0/ },
  { words: ["serve", "--loss", "5%"], says: /--loss takes a probability.*\(for 5% write 0\.05\)/ },
  { words: ["serve", "--seed"], says: /--seed needs a value behind it/ },
  { words: ["serve", "--seed", "--loss", "0.1"], says: /"--loss" is another option/ },
  { words: ["serve", "--loss", "0.1", "--loss", "0.2"], says: /--loss is given twice/ },
  { words: ["connect", "--link", "wire", ...ADDRESS], says: /HOST is missing/ },
  { words: ["connect", "10.0.0.2", "--link", "wire", ...ADDRESS], says: /PORT is missing/ },
  { words: ["connect", "10.0.0.2", "0", "--link", "wire", ...ADDRESS], says: /PORT takes/ },
  { words: ["connect", "10.0.0.300", "80"], says: /HOST: .*300 is more than 255/ },
  { words: ["connect", "10.0.0.2", "80"], says: /--link is missing, such as --link tap:mote0/ },
  { words: ["connect", "10.0.0.2", "80", "--link", "wire", ...ADDRESS, "--verbose=yes"],
    says: /--verbose takes no value/ },
  { words: ["connect", "10.1.0.2", "80", "--link", "wire", ...ADDRESS], says: /other end/ },
  { words: ["ping", "10.0.0.2", "--link", "wire", ...ADDRESS, "--count", "0"], says: /--count/ },
  { words: ["ping", "10.0.0.2", "--link", "wire", ...ADDRESS, "--size", "1473"],
    says: /does not fit the link's MTU of 1500: at most 1472/ },
];

describe("motetcp", { concurrency: 4 }, () => {
  it("tells its verbs with --help, -h and help, and its version", async () => {
    const [long, short, word, version] = await Promise.all([
      run(["--help"]), run(["-h"]), run(["help"]), run(["--version"]),
    ]);
    assert.equal(long.status, 0);
    for (const verb of ["serve", "connect", "ping", "drill", "audit"]) {
      assert.match(long.stdout.toString(), new RegExp(`motetcp ${verb} `));
    }
    assert.deepEqual([short.stdout, word.stdout], [long.stdout, long.stdout]);
    assert.deepEqual([short.status, word.status], [0, 0]);
    const packageFile = new URL("../../package.json", import.meta.url);
    const { version: expected } = JSON.parse(readFileSync(packageFile, "utf8"));
    assert.equal(version.stdout.toString(), `motetcp ${expected}\n`);
  });

  for (const verb of ["serve", "connect", "ping", "drill", "audit"]) {
    it(`tells about ${verb} with --help, wherever that stands`, async () => {
      const [plain, late, word] = await Promise.all([
        run([verb, "--help"]), run([verb, "--loss", "0.5", "-h"]), run(["help", verb]),
      ]);
      assert.equal(plain.status, 0);
      assert.match(plain.stdout.toString(), new RegExp(`^motetcp ${verb} `));
      assert.match(plain.stdout.toString(), /Exit status/);
      assert.deepEqual([late.stdout, word.stdout], [plain.stdout, plain.stdout]);
      const isWide = (line: string) => [...line].length > 100;
      assert.deepEqual(plain.stdout.toString().split("\n").filter(isWide), []);
    });
  }

  for (const words of [["serve", "--adress", "10.0.0.1/24"], ["ping"], ["audit", "--bord"]]) {
    it(`ends with status 2 and a hint: motetcp ${words.join(" ")}`, async () => {
      const { status, stdout, stderr } = await run(words);
      assert.match(stderr, new RegExp(`^motetcp ${words[0]}: .*\n?.*--help`));
      assert.equal(status, 2);
      assert.equal(stdout.length, 0);
    });
  }

  it("refuses to be called without a verb, or with one that there is not", async () => {
    const cases: [string[], RegExp][] = [
      [[], /motetcp VERB --help/],
      [["srve"], /no verb "srve"; did you mean serve\?/],
      [["frobnicate"], /there are serve, connect, ping, run, drill, flash, audit/],
      [["help", "srve"], /did you mean serve\?/],
    ];
    for (const [words, says] of cases) {
      const { status, stderr } = await run(words);
      assert.match(stderr, says);
      assert.equal(status, 2);
    }
  });

  const failing: { words: string[]; says: RegExp }[] = [
    { words: ["serve", "--link", "serial:/nowhere", ...ADDRESS], says: /\/nowhere does not exist/ },
    { words: ["ping", "10.0.0.2", "--link", "stream:/nowhere", ...ADDRESS], says: /not exist/ },
    { words: ["serve", "--bridge", "0", "--pcap", "/nowhere/x"], says: /folder does not exist/ },
  ];
  for (const { words, says } of failing) {
    it(`fails with status 1: motetcp ${words.join(" ")}`, async () => {
      const { status, stderr } = await run(words);
      assert.match(stderr, says);
      assert.match(stderr, new RegExp(`^motetcp ${words[0]}: `));
      assert.equal(status, 1);
    });
  }
});

describe("a verb", () => {
  const verbs: Record<string, (argv: string[]) => Promise<number>> = {
    serve: serveCommand, connect: connectCommand, ping: pingCommand,
  };
  for (const { words, says } of WRONG) {
    it(`refuses: ${words.join(" ")}`, { timeout: 60_000 }, async () => {
      const [verb, ...argv] = words as [string, ...string[]];
      await assert.rejects(verbs[verb]!(argv), (error: Error) => {
        assert.match(error.message, says);
        assert.ok(error instanceof UsageError, `${error.stack}`);
        return true;
      });
    });
  }
});

describe("readArguments", () => {
  const table = { link: { type: "string" }, verbose: { type: "boolean" } } as const;

  it("gives options and words in any order, and what is behind -- as words", () => {
    const { values, positionals } = readArguments(
      ["a", "--link=--x", "--verbose", "--", "--link"], table, ["A", "B"]);
    assert.deepEqual({ ...values }, { link: "--x", verbose: true });
    assert.deepEqual(positionals, ["a", "--link"]);
  });

  it("does not take a word of Object's for an option", () => {
    assert.throws(() => readArguments(["--constructor"], table), /unknown option --constructor/);
    assert.throws(() => readArguments(["--toString", "x"], table), UsageError);
  });

  it("refuses short options, too", () => {
    assert.throws(() => readArguments(["-l", "x"], table), /unknown option -l/);
  });
});

describe("numbers of the command line", () => {
  it("are whole, decimal and in their range", () => {
    assert.equal(readInteger("--n", "10", 1, 10), 10);
    for (const text of ["", "0", "11", "1.5", "-1", "0x5", "1e1", " 5", "five"]) {
      assert.throws(() => readInteger("--n", text, 1, 10), /--n takes a whole number from 1 to 10/);
    }
  });

  it("are seconds, with decimals", () => {
    assert.equal(readSeconds("--t", "0.25"), 0.25);
    for (const text of ["", "0", "-1", "1e3", "86401", "x"]) {
      assert.throws(() => readSeconds("--t", text), /--t takes seconds/);
    }
  });
});

describe("nearest", () => {
  it("finds what was mistyped: a letter more, less, other, or two swapped", () => {
    for (const word of ["--addres", "--addresss", "--adderss", "--abdress", "--add"]) {
      assert.equal(nearest(word, ["--gateway", "--address", "--port"]), "--address");
    }
  });

  it("does not guess from afar", () => {
    assert.equal(nearest("--frobnicate", ["--address", "--port"]), undefined);
    assert.equal(nearest("x", ["ab"]), undefined);
  });

  it("counts edits", () => {
    const cases: [string, string, number][] = [
      ["", "abc", 3], ["abc", "abc", 0], ["abc", "acb", 1], ["kitten", "sitting", 3],
    ];
    for (const [a, b, distance] of cases) {
      assert.equal(editDistance(a, b), distance, `${a} ${b}`);
      assert.equal(editDistance(b, a), distance, `${b} ${a}`);
    }
  });
});

describe("addresses of the command line", () => {
  it("know what is on the link", () => {
    assert.equal(isOnLink("10.0.0.77", "10.0.0.1/24"), true);
    assert.equal(isOnLink("10.0.1.1", "10.0.0.1/24"), false);
    assert.equal(isOnLink("200.0.0.1", "10.0.0.1/0"), true);
    assert.equal(isOnLink("200.0.0.1", "129.0.0.1/1"), true);
    assert.equal(isOnLink("10.0.0.2", "10.0.0.1/32"), false);
  });

  it("give the other end of a wire the next address that a host can have", () => {
    const cases = {
      "10.0.0.2/24": "10.0.0.3", "10.0.0.254/24": "10.0.0.253", "10.0.0.255/16": "10.0.1.0",
      "10.0.0.4/31": "10.0.0.5", "10.0.0.5/31": "10.0.0.4", "10.0.0.6/30": "10.0.0.5",
      "200.0.0.1/8": "200.0.0.2",
    };
    for (const [prefix, other] of Object.entries(cases)) assert.equal(neighbourOf(prefix), other);
    assert.throws(() => neighbourOf("10.0.0.1/32"), UsageError);
  });

  it("are those of hosts: no multicast, no loopback, no address of a network", () => {
    for (const address of ["224.0.0.1/4", "127.0.0.1/8", "0.0.0.1/8", "10.0.0.3/30"]) {
      assert.throws(() => readNetworkSettings({ link: "wire", address }), UsageError, address);
    }
    for (const address of ["10.0.0.0/31", "10.0.0.0/32", "200.0.0.1/24"]) {
      assert.equal(readNetworkSettings({ link: "wire", address }).address, address);
    }
  });

  it("allow a router off the link only when nothing is on it", () => {
    const gateway = "10.9.9.9";
    assert.throws(() => readNetworkSettings({ link: "tap:a", address: "10.0.0.1/24", gateway }));
    const settings = readNetworkSettings({ link: "tap:a", address: "10.0.0.1/32", gateway });
    assert.equal(settings.gateway, gateway);
  });
});
