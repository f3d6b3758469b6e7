// A studio of its own for a file of tests: a house, a project whose first step is answered to a camera, and people in front of it.
import { env } from "cloudflare:test";
import { beforeAll, beforeEach, vi } from "vitest";
import { newId } from "../../src/kernel/ids.ts";
import { asAnswer, givenRecording } from "../support/recording.ts";
import { givenInterviewing, givenOrganization, givenProject, type House, send } from "../support/world.ts";

export let house: House;
export let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house, {
    steps: [
      { kind: "question", title: "Say hello", takes: 3, answer: { kind: "media", media: "video" } },
      { kind: "question", title: "Why?", answer: { kind: "text", maxChars: 100 } },
    ],
  });
});
beforeEach(() => void vi.useRealTimers());

export const stepId = () => project.steps[0]?.id ?? newId("stp");

/** A candidate in front of the camera. */
export async function givenFilming() {
  const invited = await givenInterviewing(house, project);
  const { client, interview: own } = invited;
  const at = { interviewId: own.id, stepId: stepId() };
  await client.answer.openStep.mutate({ interviewId: own.id });
  return {
    ...at,
    client,
    email: invited.email,
    begin: (contentType: "video/webm" | "video/mp4" | "audio/webm" = "video/webm") =>
      client.recording.begin.mutate({ ...at, contentType }),
    record: (parts?: number[]) => givenRecording(client, at, parts ? { parts } : {}),
    submit: (recordingId: `rec_${string}`) =>
      client.answer.save.mutate({ ...at, answer: asAnswer(recordingId), submit: true }),
  };
}

export const play = (url: string, headers: HeadersInit = {}, method = "GET") =>
  send(new Request(url, { method, headers }));
export const playable = (recordingId: `rec_${string}`, client = house.owner.client) =>
  client.recording.play.query({ recordingId });
export async function objectsOf(recordingId: string): Promise<number> {
  return (await env.RECORDINGS.list({ prefix: `${house.organization.id}/${recordingId}/` })).objects.length;
}
export const reasonOf = async (response: Response) => [
  response.status,
  (await response.json<{ reason: string }>()).reason,
];
