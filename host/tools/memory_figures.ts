/** What the default budget takes of linear memory: asked of the module itself. */

/** Octets: of arena that the budget takes, of arena there are, of memory below `__heap_base`. */
export interface MemoryFigures {
  needed: number;
  arenaSize: number;
  heapBase: number;
  /** Whether the arena is a reservation below `__heap_base`: the board's module. */
  isReserved: boolean;
}

interface Core {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global;
  parametersPtr(): number;
  memoryNeeded(): number;
  arenaPtr(): number;
  arenaSize(): number;
}

/** The budget struct's first word is its own size: with nothing behind it, all is default. */
const EMPTY_BUDGET_OCTETS = 4;

/** Instantiates the module, which must want no imports. A string: why it could not be measured. */
export function measureMemory(bytes: Uint8Array): MemoryFigures | string {
  try {
    const module = new WebAssembly.Module(bytes as BufferSource);
    const core = new WebAssembly.Instance(module).exports as unknown as Core;
    new DataView(core.memory.buffer).setUint32(core.parametersPtr(), EMPTY_BUDGET_OCTETS, true);
    const needed = core.memoryNeeded() >>> 0;
    if (needed === 0) return "memoryNeeded() refuses a budget of defaults";
    const arenaSize = core.arenaSize() >>> 0;
    const heapBase = core.__heap_base.value as number;
    return { needed, arenaSize, heapBase, isReserved: core.arenaPtr() >>> 0 < heapBase };
  } catch (error) {
    return `${(error as Error).message}`;
  }
}
