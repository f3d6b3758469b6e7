import type { Deps } from "../kernel/deps.ts";
import { refuse } from "../kernel/errors.ts";
import { folded } from "../kernel/fold.ts";
import type { ProjectId } from "../kernel/ids.ts";
import { encodeCursor, keysOfCursor, toPage } from "../kernel/page.ts";
import { hasAtLeast, type MemberScope } from "../kernel/scope.ts";
import type {
  CreateProject,
  CriteriaSet,
  EditProject,
  ListProjects,
  ListRoles,
  Project,
  ProjectInFull,
  ProjectPage,
  ProjectRef,
  RoleChange,
  RoleHolder,
  RolePage,
  SetCriteria,
  SetSteps,
  Step,
  StepIn,
  StepsSet,
} from "./contract.ts";
import { type ProjectVerb, projectStepFor, projectVerbsFrom } from "./machine.ts";
import { projectPolicy } from "./policy.ts";
import * as store from "./store.ts";

/** Takes a member out of every project, in the caller's own write. */
export const leaveEveryProject = store.deleteRolesOf;

/** Conditions and statements for the reads and writes of other slices. */
export { managesProject, mustBeActive, mustBeOpen, projectForInviting, seesProject } from "./store.ts";

function shown<Row extends Omit<Project, "availableActions">>(scope: MemberScope, row: Row) {
  const verbs = projectVerbsFrom(row.status, row.stepCount);
  return { ...row, availableActions: verbs.filter((verb) => hasAtLeast(scope.access, projectPolicy[verb])) };
}

/** Creates a draft without steps, at revision 1. */
export async function createProject(deps: Deps, scope: MemberScope, input: CreateProject): Promise<Project> {
  const createdAt = deps.now();
  const projectId = deps.newId("prj");
  const revision = 1;
  const [, , made] = await deps.db.write([
    store.insertProject(scope, {
      ...input,
      language: input.language,
      id: projectId,
      status: "draft",
      revision,
      createdAt,
    }),
    store.insertRevision(scope, { projectId, revision, steps: [], createdAt }),
    store.projectById(scope, projectId),
  ]);
  return made ? shown(scope, made) : refuse("not_found");
}

/**
 * Changes what is given and leaves the rest. Changed rules of time count for an interview from its next step on: the instant
 * it is due at stays until then (decision 003). Refuses with `not_found`, `project_archived`.
 */
export async function editProject(deps: Deps, scope: MemberScope, input: EditProject): Promise<Project> {
  const [, , , changed] = await deps.db.write([
    store.mustSee(scope, input.projectId),
    store.mustBeOpen(scope, input.projectId),
    store.updateProject(scope, input),
    store.projectById(scope, input.projectId),
  ]);
  return changed ? shown(scope, changed) : refuse("not_found");
}

/** The project with its current steps, its criteria, and how many members hold each role. Refuses with `not_found`. */
export async function getProject(deps: Deps, scope: MemberScope, { projectId }: ProjectRef): Promise<ProjectInFull> {
  const { project, current, criteria, roles } = await deps.db.read({
    seen: store.mustSee(scope, projectId),
    project: store.projectById(scope, projectId),
    current: store.currentSteps(scope, projectId),
    criteria: store.criteriaOf(scope, projectId),
    roles: store.roleCounts(scope, projectId),
  });
  if (!project || !current) return refuse("not_found");
  const roleCounts = { interview_manager: 0, evaluator: 0, reviewer: 0 };
  for (const { role, count } of roles) roleCounts[role] = count;
  return { ...shown(scope, project), steps: current.steps, criteria, roleCounts };
}

/** The organization's projects; to a hiring manager, those in which they hold a role. */
export async function listProjects(deps: Deps, scope: MemberScope, input: ListProjects): Promise<ProjectPage> {
  const order = `projects by ${input.sort}`;
  const after = keysOfCursor(order, input.cursor, input.sort === "name" ? ["string", "string"] : ["string"]);
  const { rows } = await deps.db.read({ rows: store.listProjects(scope, input, after) });
  const { items, nextCursor } = toPage(rows, input.size, ({ id, name }) =>
    encodeCursor(order, input.sort === "name" ? [folded(name), id] : [id]),
  );
  return { items: items.map((row) => shown(scope, row)), nextCursor };
}

/**
 * Writes the next revision of the steps. Interviews keep the revision they were made with. Refuses with `moved_on` when
 * the steps are no longer those the caller started from, `not_found` for a step id that is not among those,
 * `project_archived`, and `project_incomplete` when an active project would be left without any.
 */
export async function setSteps(deps: Deps, scope: MemberScope, input: SetSteps): Promise<StepsSet> {
  const { projectId, revision } = input;
  const { current } = await deps.db.read({ current: store.currentSteps(scope, projectId) });
  if (!current) return refuse("not_found");
  if (current.status === "archived") return refuse("project_archived");
  if (current.revision !== revision) return refuse("moved_on", { revision: current.revision });
  if (current.status === "active" && input.steps.length === 0) return refuse("project_incomplete");
  const known = new Set<string>(current.steps.map(({ id }) => id));
  const steps = input.steps.map((step) => named(deps, step, known));
  await deps.db.write([
    ...store.advanceRevision(scope, projectId, revision, steps.length),
    store.insertRevision(scope, { projectId, revision: revision + 1, steps, createdAt: deps.now() }),
  ]);
  return { projectId, revision: revision + 1, steps };
}

function named(deps: Deps, step: StepIn, known: ReadonlySet<string>): Step {
  const { id = deps.newId("stp") } = step;
  if (step.id !== undefined && !known.has(id)) return refuse("not_found", { stepId: id });
  return { ...step, id };
}

/**
 * Puts these criteria in place of those there are: one sent with its id is kept and changed, one sent without is new, one that is
 * missing is removed and its ratings stay readable. Refuses with `project_archived`, and `not_found` for an id that is not there.
 */
export async function setCriteria(deps: Deps, scope: MemberScope, input: SetCriteria): Promise<CriteriaSet> {
  const { projectId } = input;
  const criteria = input.criteria.map((criterion, position) => ({
    ...criterion,
    id: criterion.id ?? deps.newId("crt"),
    projectId,
    position,
  }));
  const kept = input.criteria.flatMap(({ id }) => (id === undefined ? [] : [id]));
  await deps.db.write([
    store.mustSee(scope, projectId),
    store.mustBeOpen(scope, projectId),
    store.mustBeCriteria(scope, projectId, kept),
    store.removeCriteriaBut(scope, projectId, kept, deps.now()),
    ...(criteria.length === 0 ? [] : [store.putCriteria(scope, projectId, criteria)]),
  ]);
  return { projectId, criteria };
}

/**
 * From now on candidates can be invited. Refuses with `not_found`, `illegal_step`, `moved_on`, and `project_incomplete`
 * without steps.
 */
export function activateProject(deps: Deps, scope: MemberScope, { projectId }: ProjectRef): Promise<Project> {
  return advanceProject(deps, scope, projectId, "activate");
}

/** For good: it can be read and no longer changed. Refuses with `not_found`, `illegal_step`, `moved_on`. */
export function archiveProject(deps: Deps, scope: MemberScope, { projectId }: ProjectRef): Promise<Project> {
  return advanceProject(deps, scope, projectId, "archive");
}

async function advanceProject(
  deps: Deps,
  scope: MemberScope,
  projectId: ProjectId,
  verb: ProjectVerb,
): Promise<Project> {
  const { found } = await deps.db.read({ found: store.projectById(scope, projectId) });
  if (!found) return refuse("not_found");
  const { status: from, stepCount } = found;
  const step = projectStepFor(from, verb);
  if (!step) return refuse("illegal_step", { from, verb, allowed: projectVerbsFrom(from, stepCount) });
  if (step.needsContent && stepCount === 0) return refuse("project_incomplete");
  const [, , advanced] = await deps.db.write([
    ...store.advanceProject(scope, projectId, step, deps.now()),
    store.projectById(scope, projectId),
  ]);
  return advanced ? shown(scope, advanced) : refuse("not_found");
}

/** Which members hold which roles in the project; nobody who left the organization. Refuses with `not_found`. */
export async function listRoles(deps: Deps, scope: MemberScope, input: ListRoles): Promise<RolePage> {
  const after = keysOfCursor("project roles", input.cursor, ["string", "string"]);
  const { rows } = await deps.db.read({
    seen: store.mustSee(scope, input.projectId),
    rows: store.listRoles(scope, input, after),
  });
  return toPage(rows, input.size, ({ memberId, role }) => encodeCursor("project roles", [memberId, role]));
}

/** Refuses with `role_taken`, `project_archived`, and `not_found` for a member of another organization or one who left. */
export async function assignRole(deps: Deps, scope: MemberScope, input: RoleChange): Promise<RoleHolder> {
  const [, , , , holder] = await deps.db.write([
    store.mustSee(scope, input.projectId),
    store.mustBeOpen(scope, input.projectId),
    store.mustBeMember(scope, input.memberId),
    store.insertRole(scope, { ...input, createdAt: deps.now() }),
    store.roleHolder(scope, input),
  ]);
  return holder ?? refuse("not_found");
}

/** Refuses with `not_found` when the member does not hold that role. Works on archived projects too: sight can always be taken back. */
export async function unassignRole(deps: Deps, scope: MemberScope, input: RoleChange): Promise<RoleChange> {
  await deps.db.write([store.mustSee(scope, input.projectId), ...store.deleteRole(scope, input)]);
  return input;
}
