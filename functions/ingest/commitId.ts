import { createHash } from 'node:crypto';

/**
 * Names a commit after the stream and the texts that led to it, so that a batch that is delivered
 * again, or whose answer was lost, is recognised as the same one.
 */
export const commitIdOf = (stream: string, texts: readonly string[]): string =>
  commitIdsOf(() => texts)(stream);

/**
 * The same for several streams of one batch, whose texts are put together once, and only where
 * there is something to append: a sweep mostly sees what is known.
 */
export const commitIdsOf = (texts: () => readonly string[]) => {
  let all: Buffer | undefined;
  return (stream: string): string => {
    all ??= Buffer.from(
      texts()
        .map((text) => `\n${text.length}\n${text}`)
        .join(''),
    );
    const hash = createHash('sha256').update(stream).update(all);
    return `ingest-${hash.digest('hex').slice(0, 32)}`;
  };
};

/** SHA-256 of a body: the name under which it is parked. */
export const digestOf = (body: string): string => createHash('sha256').update(body).digest('hex');
