import { member, router } from "../app/trpc.ts";
import { Done } from "../identity/contract.ts";
import * as actions from "./actions.ts";
import * as contract from "./contract.ts";
import { contactPolicy as policy } from "./policy.ts";

export const contactRouter = router({
  create: member(policy.change)
    .input(contract.CreateContact)
    .output(contract.ContactInFull)
    .mutation(({ ctx, input }) => actions.createContact(ctx.deps, ctx.scope, input)),
  get: member(policy.read)
    .input(contract.ContactIn)
    .output(contract.ContactInFull)
    .query(({ ctx, input }) => actions.getContact(ctx.deps, ctx.scope, input)),
  edit: member(policy.change)
    .input(contract.EditContact)
    .output(contract.ContactInFull)
    .mutation(({ ctx, input }) => actions.editContact(ctx.deps, ctx.scope, input)),
  remove: member(policy.change)
    .input(contract.ContactIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeContact(ctx.deps, ctx.scope, input)),
  list: member(policy.read)
    .input(contract.ListContacts)
    .output(contract.ContactPage)
    .query(({ ctx, input }) => actions.listContacts(ctx.deps, ctx.scope, input)),
  listPage: member(policy.read)
    .input(contract.ListContactPage)
    .output(contract.NumberedContactPage)
    .query(({ ctx, input }) => actions.listContactPage(ctx.deps, ctx.scope, input)),
  addPerson: member(policy.change)
    .input(contract.AddContactPerson)
    .output(contract.ContactPerson)
    .mutation(({ ctx, input }) => actions.addContactPerson(ctx.deps, ctx.scope, input)),
  editPerson: member(policy.change)
    .input(contract.EditContactPerson)
    .output(contract.ContactPerson)
    .mutation(({ ctx, input }) => actions.editContactPerson(ctx.deps, ctx.scope, input)),
  removePerson: member(policy.change)
    .input(contract.ContactPersonIn)
    .output(Done)
    .mutation(({ ctx, input }) => actions.removeContactPerson(ctx.deps, ctx.scope, input)),
});
