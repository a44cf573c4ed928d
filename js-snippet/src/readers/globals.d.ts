declare global {
  /** What the names of the readers' chunks carry; the build writes it in. */
  const READERS_HASH: string;
}

export {};
