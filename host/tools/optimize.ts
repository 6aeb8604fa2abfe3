/**
 * A second optimization of both modules, by the `binaryen` package: newer than the optimizer inside
 * the compiler, and told what to inline. A call costs two to three nanoseconds in Node, as much as
 * what many of our functions do. Measured, W2 of the benchmark (a request and its response):
 *
 *   board   only what makes the module smaller     30,842 octets   100 %
 *           always what is up to 6 long            31,748           62 %
 *           up to 8                                32,461           55 %
 *           up to 10                               33,804           50 %
 *   Node    as the compiler leaves it              50,942          100 %
 *           up to 40, and what has one caller      54,000           92 %
 *           up to 300                              90,000           91 %
 */
import binaryen from "binaryen";

/** What the board's engines have. */
const FEATURES = ["MutableGlobals", "SignExt", "NontrappingFPToInt", "BulkMemory", "BulkMemoryOpt"];

/** The sizes are binaryen's: about the instructions of a function. */
interface Aims {
  shrinkLevel: number;
  /** A function so small is inlined whatever it costs. */
  alwaysInline: number;
}

const BOARD: Aims = { shrinkLevel: 2, alwaysInline: 4 };
const NODE: Aims = { shrinkLevel: 0, alwaysInline: 40 };

/** The same module, smaller or faster. Names of functions stay. */
export function optimize(bytes: Uint8Array, isBoard: boolean): Uint8Array {
  const aims = isBoard ? BOARD : NODE;
  const module = binaryen.readBinary(bytes);
  try {
    const features = binaryen.Features as unknown as Record<string, number>;
    const names = isBoard ? FEATURES : [...FEATURES, "SIMD128"];
    module.setFeatures(names.reduce<number>((bits, name) => bits | features[name]!, 0));
    binaryen.setDebugInfo(true);
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(aims.shrinkLevel);
    binaryen.setAlwaysInlineMaxSize(aims.alwaysInline);
    binaryen.setFlexibleInlineMaxSize(aims.alwaysInline);
    // A function that is called once is always cheaper in its caller.
    binaryen.setOneCallerInlineMaxSize(0xffffffff);
    module.optimize();
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
