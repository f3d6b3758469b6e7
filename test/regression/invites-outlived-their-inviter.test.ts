// What broke: an invite stayed good when whoever had sent it was removed or given less. A removed admin's "admin" invite, which never
// ran out, was accepted months later and made an admin.
import { expect, test } from "vitest";
import { givenInvite, membershipsOf, newcomer, shownInvite } from "../support/given-invite.ts";
import {
  anteroom,
  givenMember,
  givenOrganization,
  type House,
  type Member,
  newestToken,
  refusalOf,
} from "../support/world.ts";

const reasonOf = async (call: Promise<unknown>) => (await refusalOf(call)).reason;
const neverRunsOut = { access: "admin", expiryDays: null } as const;
const fromThem = (house: House, sender: Member, over: Parameters<typeof givenInvite>[1] = neverRunsOut) =>
  givenInvite({ ...house, owner: sender }, over);

type Held = Awaited<ReturnType<typeof givenInvite>>["held"];
const accept = (held: Held) => anteroom().invite.accept.mutate({ ...held, ...newcomer });

test("an invite is over when whoever sent it is removed: for its holder, in lists, and for the address", async () => {
  const house = await givenOrganization();
  const admin = await givenMember(house, "admin");
  const { inviteId, held } = await fromThem(house, admin);
  await house.owner.client.member.remove.mutate({ memberId: admin.memberId });

  expect(await reasonOf(anteroom().invite.validate.query(held))).toBe("invite_answered");
  expect(await reasonOf(accept(held))).toBe("invite_answered");
  expect(await reasonOf(anteroom().invite.reject.mutate(held))).toBe("invite_answered");
  expect(await membershipsOf(held.email)).toBe(0);
  expect(await shownInvite(house, inviteId)).toMatchObject({ status: "EXPIRED" });
  const { items } = await house.owner.client.invite.list.query({ status: "INVITED" });
  expect(items).toEqual([]);

  const anew = await givenInvite(house, { email: held.email });
  expect(anew.inviteId).not.toBe(inviteId);
  await accept(anew.held);
  expect(await membershipsOf(held.email)).toBe(1);
});

test("who is given less access takes back with it what they had offered above that, and nothing else", async () => {
  const house = await givenOrganization();
  const admin = await givenMember(house, "admin");
  const above = await fromThem(house, admin);
  const within = await fromThem(house, admin, { access: "recruiter" });
  await house.owner.client.member.changeAccess.mutate({ memberId: admin.memberId, access: "recruiter" });
  expect(await reasonOf(accept(above.held))).toBe("invite_answered");
  expect(await shownInvite(house, above.inviteId)).toMatchObject({ status: "EXPIRED" });
  expect(await accept(within.held)).toMatchObject({ entered: house.organization.id });
});

test("whoever sends it again answers for it from then on", async () => {
  const house = await givenOrganization();
  const [first, second] = [await givenMember(house, "admin"), await givenMember(house, "admin")];
  const { inviteId, held } = await fromThem(house, first);
  await house.owner.client.member.remove.mutate({ memberId: first.memberId });
  const resent = await second.client.invite.resend.mutate({ inviteId });
  expect(resent).toMatchObject({ status: "INVITED", invitedBy: { memberId: second.memberId } });
  const again = { ...held, token: await newestToken(held.email) };
  await house.owner.client.member.remove.mutate({ memberId: second.memberId });
  expect(await reasonOf(accept(again))).toBe("invite_answered");
});

test.for([1, 2, 3, 4, 5])(
  "removed and accepted at once: whoever was quicker, and never a member by an invite that was over (%i)",
  async () => {
    const house = await givenOrganization();
    const admin = await givenMember(house, "admin");
    const { inviteId, held } = await fromThem(house, admin);
    const [accepting] = await Promise.allSettled([
      accept(held),
      house.owner.client.member.remove.mutate({ memberId: admin.memberId }),
    ]);
    const isIn = accepting.status === "fulfilled";
    expect(await membershipsOf(held.email)).toBe(isIn ? 1 : 0);
    expect(await shownInvite(house, inviteId)).toMatchObject({ status: isIn ? "ACCEPTED" : "EXPIRED" });
  },
);
