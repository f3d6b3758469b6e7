// How often something may be tried, and from where it counts as tried. Pure.

export type Limit = { readonly name: string; readonly max: number; readonly windowMs: number };

/**
 * `max` at one target from one network; `maxInAll` at it from wherever. The second is the higher one wherever a stranger
 * knows the target: else whoever guesses at somebody's address keeps them out of it.
 */
export type TargetLimit = Limit & { readonly maxInAll: number };

/** A network holds many people, an address one: this many times as much is allowed from it. */
export const networkFactor = 20;

const groupsOfNetwork = 4;

/**
 * What one subscriber is taken for: an IPv4 address, or the /64 that every IPv6 subscriber gets whole. Counting single
 * IPv6 addresses would give each attacker 2^64 fresh starts.
 */
export function networkOf(ip: string): string {
  const address = ip.toLowerCase();
  const inV4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (inV4 !== undefined) return inV4;
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 2 * groupsOfNetwork - left.length - right.length);
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  const network = groups.slice(0, groupsOfNetwork).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${network.join(":")}::/64`;
}
