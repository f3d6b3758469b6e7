// Custom fields to be filled and asked by.
import type { House } from "./world.ts";

type Wanted = Parameters<House["owner"]["client"]["field"]["create"]["mutate"]>[0];

/** The organization's field with this key, open: made if there is none. */
export async function givenField({ owner }: House, wanted: Wanted) {
  const { create, list, restore } = owner.client.field;
  const { fields } = await list.query();
  const known = fields.find(({ key }) => key === wanted.key);
  if (!known) return create.mutate(wanted);
  return known.archivedAt === null ? known : restore.mutate({ fieldId: known.id });
}
