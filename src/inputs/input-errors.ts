/** A file is not what was planned: shorter, replaced or rewritten. No attempt can help. */
export class InputChangedError extends Error {
  override readonly name = 'InputChangedError';

  constructor(path: string) {
    super(`Input "${path}" changed while the job ran`);
  }
}

/** A compressed file is damaged, cut short, or not compressed at all. */
export class DecompressionError extends Error {
  override readonly name = 'DecompressionError';

  /** @param reason goes on from `Cannot decompress "…": ` */
  constructor(path: string, reason: string, options?: ErrorOptions) {
    super(`Cannot decompress "${path}": ${reason}`, options);
  }
}

/** The program that would decompress a file is not to be had on this machine. */
export class DecompressorMissingError extends Error {
  override readonly name = 'DecompressorMissingError';

  constructor(path: string, program: string) {
    super(`Cannot read "${path}": the program "${program}" is not on the PATH of this machine`);
  }
}

/** What was named as input cannot be planned: the reason, in one line for the user. */
export class InputRefused extends Error {
  override readonly name = 'InputRefused';

  /** @param text the input as its user named it, or the path of what was found in it */
  constructor(text: string, reason: string, options?: ErrorOptions) {
    super(`Cannot read input "${text}": ${reason}`, options);
  }
}
