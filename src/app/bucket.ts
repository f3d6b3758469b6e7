import type { Bucket } from "../kernel/deps.ts";

/** What R2 lists and deletes at once. */
const listedMax = 1_000;

/** Recordings and documents in R2. https://developers.cloudflare.com/r2/api/workers/workers-api-reference/ */
export function bucketOf(bucket: R2Bucket): Bucket {
  return {
    async put(key, body, bytes) {
      // R2 wants to know the length beforehand, and this holds the sender to it.
      const { readable, writable } = new FixedLengthStream(bytes);
      await Promise.all([bucket.put(key, readable), body.pipeTo(writable)]);
    },
    async get(key, offset, length) {
      const object = await bucket.get(key, { range: { offset, length } });
      return object && "body" in object ? object.body : null;
    },
    async remove(keys) {
      await bucket.delete([...keys]);
    },
    async forget(prefix) {
      for (;;) {
        const { objects, truncated } = await bucket.list({ prefix, limit: listedMax });
        if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
        if (!truncated) return;
      }
    },
  };
}
