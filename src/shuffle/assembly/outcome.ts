/** What became of a record. */
export enum Outcome {
  Taken = 0,
  /** There is no room for it. */
  Full = 1,
  /** It is longer than a record may be. */
  TooLong = 2,
  /** Its value cannot be folded here: somebody who knows more numbers must look at it. */
  Odd = 3,
}
