import { expect, test } from "vitest";
import { networkOf } from "../../src/attempt/policy.ts";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:0002::1", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8::", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["local", "local"],
  ["", ""],
])("%s counts as %s", (ip, network) => {
  expect(networkOf(ip)).toBe(network);
});

test("every address of one subscriber is one network, and the next subscriber is another", () => {
  const own = Array.from({ length: 64 }, (_, host) =>
    networkOf(`2001:db8:7:9:${host.toString(16)}::${host.toString(16)}`),
  );
  expect(new Set(own)).toEqual(new Set([networkOf("2001:db8:7:9::")]));
  expect(networkOf("2001:db8:7:a::1")).not.toBe(own[0]);
});
