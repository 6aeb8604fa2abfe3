/**
 * A runtime with nothing in it: with it the compiler refuses whatever would allocate, as there is
 * no `__new` and no `__alloc`. Only for the guard in ../noheap.ts, never for a product.
 */
export {};
