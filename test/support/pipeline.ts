// A pipeline with the document's stages, and candidates to be put in it.
import { candidate } from "../../db/schema/index.ts";
import { build, run } from "../../db/statement.ts";
import { type CandidateId, newId } from "../../src/kernel/ids.ts";
import { database, type House, newEmail } from "./world.ts";

/** As it stands in applicant-tracking, sales pipelines. */
export const enterpriseSales = {
  name: "Enterprise Sales",
  description: "Pipeline for enterprise deals",
  stages: [
    { name: "Lead", index: 0 },
    { name: "Qualified", index: 1 },
    { name: "Proposal", index: 2 },
    { name: "Negotiation", index: 3 },
    { name: "Closed Won", index: 4 },
  ],
};

export function givenPipeline({ owner }: House, name = enterpriseSales.name) {
  return owner.client.pipeline.create.mutate({ ...enterpriseSales, name });
}

/** Somebody who is known and nothing else: how candidates come to be is shown elsewhere. */
export async function newCandidate({ organization }: House, firstName = "Cleo"): Promise<CandidateId> {
  const id = newId("cnd");
  const named = { id, organizationId: organization.id, email: newEmail("placed"), firstName, lastName: "Candidate" };
  await database().write([
    run(build.insert(candidate).values({ ...named, language: "en", timeZone: "UTC", createdAt: new Date() })),
  ]);
  return id;
}
