// Text that is made as fast as it is read, and no faster.

const encoder = new TextEncoder();

/** Whoever stops reading stops the making. What breaks off by itself is said, and breaks off the reading. */
export function textStream(
  parts: AsyncGenerator<string, void, void>,
  onBreak: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        onBreak(error);
        throw error;
      }
    },
    async cancel() {
      await parts.return();
    },
  });
}
