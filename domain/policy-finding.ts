/** One thing that is wrong with a policy: where in the document, and a sentence that names the fix. */
export interface PolicyFinding {
  path: PropertyKey[];
  message: string;
}
