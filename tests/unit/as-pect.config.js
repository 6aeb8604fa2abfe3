/** How `npm run test:unit` runs the specs of the core: as-pect, each spec a module of its own. */
export default {
  entries: ["tests/unit/**/*.spec.ts"],
  include: [],
  disclude: [/node_modules/],
  instantiate: (memory, createImports, instantiate, binary) =>
    instantiate(binary, createImports({ env: { memory } })),
  outputBinary: false,
};
