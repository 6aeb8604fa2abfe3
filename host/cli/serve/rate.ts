/** Octets over time, in words. */

/** A rate over less than that is noise. */
const LEAST_RATE_OCTETS = 64 * 1024;

/** "50,000,000 octets in 0.61 s, 82.0 MB/s (656 Mbit/s)"; short ones without a rate. */
export function rateText(octets: number, ms: number): string {
  const amount = `${octets.toLocaleString("en")} octet${octets === 1 ? "" : "s"}`;
  const seconds = ms / 1000;
  if (octets < LEAST_RATE_OCTETS || seconds <= 0) return amount;
  const megabytes = octets / 1e6 / seconds;
  return `${amount} in ${seconds.toFixed(2)} s, ` +
    `${megabytes.toFixed(1)} MB/s (${(8 * megabytes).toFixed(0)} Mbit/s)`;
}
