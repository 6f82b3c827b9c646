/** How lines are cut into keys and values, with defaults filled in. */
export interface RecordCut {
  readonly separator: string;
  readonly keyFields: number;
  /** Whether values are sorted too. */
  readonly sortValues: boolean;
}
