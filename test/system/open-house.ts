// An organization with an active project, made through the typed client on a running installation.
import { letterTo, tokenOf } from "../../client/demo/mailbox.ts";
import { type Anteroom as Client, createAnteroom } from "../../client/index.ts";

/** `mailboxUrl`: where letters end up, when that is not the installation's own mailbox. */
export async function givenOpenHouse(
  url: string,
  mailboxUrl = url,
): Promise<{ client: Client; projectId: `prj_${string}` }> {
  const email = "owner@example.com";
  const password = "seven wild geese over water";
  const visitor = createAnteroom({ url });
  await visitor.identity.signUp.mutate({ email, password, firstName: "Ada", lastName: "Owner" });
  const { token } = await visitor.identity.useLink.mutate({
    token: tokenOf(await letterTo(mailboxUrl, email)),
    password,
  });
  const created = await createAnteroom({ url, token }).organization.create.mutate({ name: "House", slug: "house" });
  const client = createAnteroom({ url, token: created.token });
  return { client, projectId: await givenOpenProject(client) };
}

/** One question, to be answered by text. */
export async function givenOpenProject(
  client: Client,
  rules: { readonly deadlineAppliesTo?: "start" | "finish" } = {},
): Promise<`prj_${string}`> {
  const { id: projectId, revision } = await client.project.create.mutate({ name: "Barista", ...rules });
  const steps = [{ kind: "question" as const, title: "Why?", answer: { kind: "text" as const } }];
  await client.project.setSteps.mutate({ projectId, revision, steps });
  await client.project.activate.mutate({ projectId });
  return projectId;
}
