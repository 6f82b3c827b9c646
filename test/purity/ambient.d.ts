/**
 * The pure folders are checked without Node's types. Text encoding is the one thing outside
 * ECMAScript that they may use: it is the same in every runtime, takes no time and has no state.
 */

declare class TextEncoder {
  encode(input?: string): Uint8Array;
}

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { readonly stream?: boolean }): string;
}
