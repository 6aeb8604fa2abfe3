/** The plan: it is of one connection, until something happens to that. */
import { outdatePlan, plan } from "../../../assembly/tcp/plan";

describe("the plan", () => {
  it("is nobody's when something has happened", () => {
    plan.tcb = 4096;
    outdatePlan();
    expect<usize>(plan.tcb).toBe(0);
  });
});
