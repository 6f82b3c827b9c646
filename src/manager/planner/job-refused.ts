/** Why a submission is not accepted, in one line for the user. Nothing was created. */
export class JobRefused extends Error {
  override readonly name = 'JobRefused';
}
