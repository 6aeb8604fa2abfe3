/**
 * Aim: offload is used where the kernel has it, and frames go plain where it has not, without a
 * word. Method: the device file, and in place of ioctl a kernel of the test's own.
 */
import assert from "node:assert/strict";
import { accessSync, closeSync, constants } from "node:fs";
import { describe, it } from "node:test";
import { Errno, type Libc } from "../../host/link/libc.js";
import { type TunDevice, openTun } from "../../host/link/tun_device.js";

const TUNSETIFF = 0x400454ca;
const TUNSETOFFLOAD = 0x400454d0;
const TUNSETVNETLE = 0x400454dc;
const IFF_VNET_HDR = 0x4000;

const mote0 = { mode: "tap", interface: "mote0", name: "tap:mote0" } as const;

/** Requests by name, with what matters of their argument. */
interface Kernel {
  refuses: readonly string[];
  asked: string[];
}

function describeRequest(request: number, argument: Uint8Array | number): string {
  if (typeof argument === "number") {
    return request === TUNSETOFFLOAD ? `offload ${argument}` : `${request}`;
  }
  if (request === TUNSETVNETLE) return `little endian ${argument[0]}`;
  assert.equal(request, TUNSETIFF);
  assert.equal(new TextDecoder().decode(argument.subarray(0, 6)), "mote0\0");
  const flags = new Uint16Array(argument.buffer, 16, 1)[0]!;
  assert.equal(flags & 0xff, 2, "TAP");
  return (flags & IFF_VNET_HDR) !== 0 ? "with headers" : "plain";
}

function libcOn(kernel: Kernel): Libc {
  const nobody = (): never => assert.fail("not called here");
  return {
    ioctl: (_fd, request, argument) => {
      const asked = describeRequest(request, argument);
      kernel.asked.push(asked);
      return kernel.refuses.includes(asked) ? -1 : 0;
    },
    errno: () => Errno.EINVAL,
    read: nobody, write: nobody, watch: nobody,
  };
}

function open(...refuses: string[]): Omit<TunDevice, "fd"> & { asked: string[] } {
  const kernel: Kernel = { refuses, asked: [] };
  const { fd, ...device } = openTun(libcOn(kernel), mote0);
  closeSync(fd);
  return { ...device, asked: kernel.asked };
}

/** Why /dev/net/tun cannot be opened here; false: it can. */
function deviceMissing(): string | false {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
    return false;
  } catch {
    return "needs /dev/net/tun, and the right to use it";
  }
}

describe("a TAP interface", { skip: deviceMissing() }, () => {
  it("has headers, and offload that is off until somebody asks for it", () => {
    assert.deepEqual(open(), {
      hasHeaders: true, canOffload: true,
      asked: ["with headers", "little endian 1", "offload 3", "offload 0"],
    });
  });

  it("has headers that say nothing, when the kernel knows no offload", () => {
    const { hasHeaders, canOffload } = open("offload 3");
    assert.deepEqual([hasHeaders, canOffload], [true, false]);
    assert.equal(open("little endian 1").canOffload, false);
  });

  it("has plain frames when the kernel knows no headers", () => {
    assert.deepEqual(open("with headers"), {
      hasHeaders: false, canOffload: false, asked: ["with headers", "plain", "offload 0"],
    });
  });

  it("is refused as ever when the kernel has none of that name", () => {
    assert.throws(() => open("with headers", "plain"), /the kernel refuses the interface mote0/);
  });
});
