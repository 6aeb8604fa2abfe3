/** One spec alone: the one that the environment names in SPEC. */
import config from "../unit/as-pect.config.js";

export default { ...config, entries: [process.env.SPEC] };
