/** What `--print-as` can make of a job. */
export const PRINT_FORMS = ['sh', 'parallel', 'hadoop'] as const;
export type PrintForm = (typeof PRINT_FORMS)[number];
