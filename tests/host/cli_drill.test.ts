/** `motetcp drill`: what it prints, and its exit status. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { run } from "../support/command.js";
import { ACCEPTED } from "../support/drill_scripts.js";

const folder = mkdtempSync(join(tmpdir(), "drill-"));
after(() => rmSync(folder, { recursive: true }));

function script(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const drill = async (...words: string[]) => {
  const { status, stdout, stderr } = await run(["drill", ...words]);
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
};

const right = script("right.pkt", `--frobnicate=1\n${ACCEPTED}`);
const wrong = script("wrong.pkt", `${ACCEPTED}+0 > . 1:1(0) ack 1\n`);
const broken = script("broken.pkt", "0 < Q 0:0(0)\n");

describe("motetcp drill", () => {
  it("says of a script that it goes well, and what of it has no effect", async () => {
    const { status, stdout, stderr } = await drill(right);
    assert.equal(status, 0);
    assert.equal(stdout, `${right}: ok, 8 runs\n`);
    assert.equal(stderr, `${right}:1: --frobnicate is unknown, and is ignored\n`);
    assert.deepEqual(await drill("--quiet", right), { status: 0, stdout: "", stderr: "" });
  });

  it("says where a script does not, and how it stands then", async () => {
    const { status, stdout } = await drill(wrong, "--build", "board", "--isn", "0,7/0xffffffff");
    assert.equal(status, 1);
    assert.match(stdout, new RegExp(`^${wrong}:9: nothing was sent\n  in all runs\n`));
    assert.match(stdout, /^ {2}expected {2}0\.100000 > \. 1:1\(0\) ack 1$/m);
    assert.match(stdout, /^ {2}actual {4}nothing$/m);
    assert.match(stdout, /^ {4}8080 192\.0\.2\.1:40000 ESTABLISHED recv-q 0 send-q 0/m);
  });

  it("says what it cannot understand, and goes on with the next script", async () => {
    const { status, stdout, stderr } = await drill("--quiet", broken, wrong, "absent.pkt");
    assert.equal(status, 2);
    assert.match(stderr, new RegExp(`^${broken}:1:5: expected flags such as "S"`));
    assert.match(stderr, /^absent\.pkt: ENOENT/m);
    assert.match(stdout, /nothing was sent/);
  });

  it("takes folders, and prints a report for programs", async () => {
    const inner = join(folder, "inner");
    mkdirSync(join(inner, "deep"), { recursive: true });
    script("inner/b.pkt", ACCEPTED);
    script("inner/deep/a.pkt", ACCEPTED);
    script("inner/readme.txt", "no script");
    const { status, stdout } = await drill("--json", "--isn=0", inner);
    assert.equal(status, 0);
    const reports = JSON.parse(stdout) as { file: string; ok: boolean; runs: unknown[] }[];
    assert.deepEqual(reports.map(({ file, ok, runs }) => [file, ok, runs.length]),
      [[join(inner, "b.pkt"), true, 2], [join(inner, "deep/a.pkt"), true, 2]]);
  });

  it("records the first run, and shows its events", async () => {
    const capture = join(folder, "right.pcapng");
    const { status, stdout } = await drill("--pcap", capture, "--verbose", right);
    assert.equal(status, 0);
    // Section header, then an interface of raw IP, then the SYN from 192.0.2.1.
    const octets = readFileSync(capture);
    assert.equal(octets.readUInt32LE(0), 0x0a0d0d0a);
    assert.ok(octets.includes(Buffer.from([192, 0, 2, 1, 192, 168, 0, 1])));
    assert.equal(stdout.match(/> S\. 0:0\(0\) ack 1 <\.\.\.>/g)!.length, 1);
    assert.match(stdout, /^ {2}0\.100000 {2}\+0 accept\(3, \.\.\., \.\.\.\) = 4$/m);
  });

  for (const [words, says] of [
    [[], /FILE\.pkt is missing/],
    [["--build", "cloud", right], /--build takes node, board or both, not "cloud"/],
    [["--isn", "0x100000000", right], /--isn takes numbers of 32 bits/],
    [["--pcap", "x", right, wrong], /--pcap takes one script/],
    [["--verbos", right], /did you mean --verbose/],
  ] as const) {
    it(`refuses ${words.slice(0, 2).join(" ") || "to do nothing"}`, async () => {
      const { status, stderr } = await drill(...words);
      assert.equal(status, 2);
      assert.match(stderr, says);
    });
  }
});
