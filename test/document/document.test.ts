// Documents as staff see them: listed, renamed, downloaded by an address of minutes, removed.
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { after, minuteMs } from "../../src/kernel/clock.ts";
import type { CandidateId, DocumentId } from "../../src/kernel/ids.ts";
import { newCandidate } from "../support/background.ts";
import { givenDocument, sendFile } from "../support/document.ts";
import { newInterview } from "../support/stage.ts";
import {
  type Client,
  givenInvited,
  givenMember,
  givenOrganization,
  givenProject,
  type House,
  refusalOf,
  send,
} from "../support/world.ts";

let house: House;
let project: Awaited<ReturnType<typeof givenProject>>;
beforeAll(async () => {
  house = await givenOrganization();
  project = await givenProject(house);
});
beforeEach(() => void vi.useRealTimers());

const api = () => house.owner.client.document;
const fetching = (url: string, headers: HeadersInit = {}, method = "GET") =>
  send(new Request(url, { method, headers }));
const linkTo = (documentId: DocumentId, client: Client = house.owner.client) =>
  client.document.link.query({ documentId }).then(({ url }) => url);
const given = async (over: Parameters<typeof givenDocument>[2] = {}, candidateId?: CandidateId) =>
  givenDocument(house.owner.client, candidateId ?? (await newCandidate(house)), over);

describe("documents of a candidate", () => {
  test("are listed newest first, page by page, also while others come and go", async () => {
    const candidateId = await newCandidate(house);
    const made: DocumentId[] = [];
    for (const fileName of ["one.pdf", "two.docx", "three.odt", "four.txt", "five.png"]) {
      made.unshift((await given({ fileName }, candidateId)).documentId);
    }
    await api().announce.mutate({ candidateId, fileName: "never.pdf", bytes: 900 });
    const page = async (cursor?: string | null) =>
      api().list.query({ candidateId, size: 2, ...(cursor && { cursor }) });
    const first = await page();
    await given({}, candidateId);
    await api().remove.mutate({ documentId: made[2] ?? "doc_" });
    const second = await page(first.nextCursor);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([made[0], made[1], made[3], made[4]]);
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]).toMatchObject({
      ...{ candidateId, fileName: "five.png", type: "png", mediaType: "image/png", kind: "other", label: null },
      ...{ scan: "unscanned", threat: null, addedBy: house.owner.memberId },
    });
  });

  test("are renamed, and stay what they are", async () => {
    const { documentId } = await given({ kind: "cv", label: "Sent in" });
    const edit = (changes: object) => api().edit.mutate({ documentId, ...changes });
    expect(await edit({ fileName: "Mira’s CV.exe" })).toMatchObject({
      fileName: "Mira’s CV.exe.pdf",
      kind: "cv",
      label: "Sent in",
    });
    expect(await edit({ kind: "certificate", label: null })).toMatchObject({
      kind: "certificate",
      label: null,
      type: "pdf",
    });
    expect(await edit({})).toMatchObject({ fileName: "Mira’s CV.exe.pdf" });
  });

  test("are for recruiters to change, and for hiring managers to read of those whom they meet", async () => {
    const { candidateId } = await newInterview(house, project.id, "new");
    const { documentId } = await given({}, candidateId);
    const unseen = await given();
    const recruiter = await givenMember(house, "recruiter");
    expect((await recruiter.client.document.edit.mutate({ documentId, kind: "cv" })).kind).toBe("cv");
    const { client, memberId } = await givenMember(house, "hiring_manager");
    const role = { projectId: project.id, memberId, role: "evaluator" } as const;
    const reading = async () =>
      Promise.all(
        [
          client.document.get.query({ documentId }),
          client.document.list.query({ candidateId }),
          client.document.link.query({ documentId }),
        ].map((call) =>
          call.then(
            () => "read",
            (error) => error.data.reason,
          ),
        ),
      );
    expect(await reading()).toEqual(["not_found", "not_found", "not_found"]);
    await house.owner.client.project.assignRole.mutate(role);
    expect(await reading()).toEqual(["read", "read", "read"]);
    const url = await linkTo(documentId, client);
    expect((await refusalOf(client.document.get.query({ documentId: unseen.documentId }))).reason).toBe("not_found");
    for (const call of [
      () => client.document.edit.mutate({ documentId, kind: "other" }),
      () => client.document.remove.mutate({ documentId }),
      () => client.document.announce.mutate({ candidateId, fileName: "cv.pdf", bytes: 900 }),
    ]) {
      expect((await refusalOf(call())).reason).toBe("not_allowed");
    }
    expect((await fetching(url)).status).toBe(200);
    await house.owner.client.project.unassignRole.mutate(role);
    expect((await fetching(url)).status).toBe(404);
  });

  test("keep their candidate: whoever has one is not removed with their only interview", async () => {
    const remove = (interviewId: `itv_${string}`) => house.owner.client.interview.remove.mutate({ interviewId });
    const [kept, without] = [await newInterview(house, project.id), await newInterview(house, project.id)];
    await given({}, kept.candidateId);
    const gone = await given({}, without.candidateId);
    await api().remove.mutate({ documentId: gone.documentId });
    expect(await remove(kept.interviewId)).toMatchObject({ candidateRemoved: false });
    expect(await remove(without.interviewId)).toMatchObject({ candidateRemoved: true });
  });
});

describe("a download", () => {
  test("is what was sent, to be kept and never to be shown, and whole or by ranges", async () => {
    const { documentId, content } = await given({ fileName: "Çağla’s CV (1).pdf" });
    const url = await linkTo(documentId);
    const whole = await fetching(url);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      ...{ "content-type": "application/pdf", "content-length": String(content.length), "accept-ranges": "bytes" },
      ...{ "x-content-type-options": "nosniff", "cache-control": "private, no-store", etag: `"${documentId}"` },
      ...{ "content-security-policy": "sandbox; default-src 'none'", "access-control-allow-origin": "*" },
      "content-disposition": `attachment; filename="_a_la_s CV (1).pdf"; filename*=UTF-8''%C3%87a%C4%9Fla%E2%80%99s%20CV%20%281%29.pdf`,
    });
    expect(await whole.bytes()).toEqual(content);
    const head = await fetching(url, {}, "HEAD");
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([
      200,
      String(content.length),
      "",
    ]);
    const some = await fetching(url, { range: "bytes=3-9" });
    expect([some.status, some.headers.get("content-range"), await some.bytes()]).toEqual([
      ...[206, `bytes 3-9/${content.length}`, content.slice(3, 10)],
    ]);
    const beyond = await fetching(url, { range: `bytes=${content.length}-` });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${content.length}`]);
    expect((await fetching(url, { range: "bytes=3-9", "if-range": '"another"' })).status).toBe(200);
  });

  test.each([
    ['a".pdf', "a .pdf"],
    ["cv.pdf.exe", "cv.pdf.exe.pdf"],
    ["../../etc/passwd", "etc passwd.pdf"],
    ["cv\u202efdp.exe", "cv fdp.exe.pdf"],
    ["%0d%0aset-cookie: a=b.pdf", "%0d%0aset-cookie a=b.pdf"],
    ["*';filename=x.exe;'", "';filename=x.exe;'.pdf"],
  ])("of a document called %j has one name, and no header of its making", async (fileName, expected) => {
    const { documentId } = await given({ fileName, type: "pdf" });
    const response = await fetching(await linkTo(documentId));
    const disposition = response.headers.get("content-disposition") ?? "";
    expect(decodeURIComponent(disposition.split("UTF-8''").at(-1) ?? "")).toBe(expected);
    expect(disposition.split('"')).toHaveLength(3);
    expect([...response.headers.keys()]).not.toContain("set-cookie");
  });

  test("with a line's end in the name is refused before there is one", async () => {
    const about = { candidateId: await newCandidate(house), bytes: 900 };
    const announced = api().announce.mutate({ ...about, fileName: "a.pdf\r\nset-cookie: a=b" });
    expect((await refusalOf(announced)).reason).toBe("bad_input");
  });

  test("ends after minutes, with the session, with the access and with the document, and all of that looks as if it were not there", async () => {
    const { documentId } = await given();
    const [admin, recruiter] = [await givenMember(house, "admin"), await givenMember(house, "recruiter")];
    const [ofAdmin, ofRecruiter, ofOwner] = [
      await linkTo(documentId, admin.client),
      await linkTo(documentId, recruiter.client),
      await linkTo(documentId),
    ];
    const never = ofOwner.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const seen = async (url: string) => {
      const response = await fetching(url);
      const { requestId: _, ...body } = await response.json<{ requestId: string }>();
      return { status: response.status, body };
    };
    const absent = await seen(never);
    expect(absent).toMatchObject({ status: 404, body: { reason: "not_found" } });
    expect((await fetching(ofAdmin)).status).toBe(200);
    await admin.client.identity.signOut.mutate();
    expect(await seen(ofAdmin)).toEqual(absent);
    await house.owner.client.member.changeAccess.mutate({ memberId: recruiter.memberId, access: "hiring_manager" });
    expect(await seen(ofRecruiter)).toEqual(absent);
    vi.useFakeTimers({ toFake: ["Date"], now: after(new Date(), 5 * minuteMs) });
    expect(await seen(ofOwner)).toEqual(absent);
    vi.useRealTimers();
    expect((await fetching(ofOwner)).status).toBe(200);
    await api().remove.mutate({ documentId });
    expect(await seen(ofOwner)).toEqual(absent);
  });

  test("is not for another organization, nor for candidates, nor at the address it was sent to", async () => {
    const { documentId, content } = await given();
    const stranger = await givenOrganization();
    expect((await refusalOf(linkTo(documentId, stranger.owner.client))).reason).toBe("not_found");
    const candidate = await givenInvited(house, project);
    expect((await refusalOf(linkTo(documentId, candidate.client))).reason).toBe("wrong_actor");
    const about = { candidateId: await newCandidate(house), fileName: "cv.pdf", bytes: content.length };
    const { uploadUrl } = await api().announce.mutate(about);
    expect((await fetching(uploadUrl)).status).toBe(404);
    expect((await sendFile(await linkTo(documentId), content)).status).toBe(404);
  });
});
