/** What a number in a run says of a value: that there is none, or, added to this, its length. */
export const CODE_BARE: u32 = 1;
export const CODE_EMPTY: u32 = 2;
