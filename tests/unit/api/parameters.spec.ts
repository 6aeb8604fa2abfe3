/** The area that host and stack share. */
import { Parameter } from "../../../assembly/abi/parameters";
import { parameterWord, parametersAt, setParameterWord } from "../../../assembly/api/parameters";

describe("the parameters", () => {
  it("are words that are read where they were written", () => {
    for (let index: u32 = 0; index < <u32>Parameter.Octets / 4; index++) {
      setParameterWord(index, index * 3);
    }
    for (let index: u32 = 0; index < <u32>Parameter.Octets / 4; index++) {
      expect<u32>(parameterWord(0, index)).toBe(index * 3);
      expect<u32>(load<u32>(parametersAt() + 4 * index)).toBe(index * 3);
    }
    expect<u32>(parameterWord(16, 2)).toBe(6 * 3);
  });
});
